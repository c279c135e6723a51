# Spaces as other programs have them in files, and the driver that is given them.
cat >model.py <<'END'
def f(params):
    return float(len(params))
END
cat >driver.py <<'END'
from retrial import drive
study = drive.connect()
for name, kind in study.space.items():
    print(name, kind)
study.finish()
END
cat >params.R <<'END'
param.set <- makeParamSet(
  makeDiscreteParam("dense", values = c("1000", "1000 500")), # layers
  makeIntegerParam("batch", lower = 5, upper = 7, trafo = function(x) 2L^x),
  makeDiscreteParam("drop", c(0.0, 0.25)),
  makeIntegerParam("units", 4, 64),
  makeNumericParam("lr", lower = 0.00001, upper = 0.1)
)
END
cat >space.json <<'END'
[{"name": "epochs", "type": "int", "lower": 1, "upper": 5, "sigma": 20},
 {"name": "act", "type": "categorical", "element_type": "string", "values": ["relu", "tanh"]}]
END
run() {
    printf '%s\n' "name: s$RANDOM" 'entry: model.py:f' 'driver: driver.py' "space: $1" >a.yaml
    retrial run a.yaml 2>&1 | grep -E '^(driver:|retrial run)' || true
}
run params.R
run space.json
sed -i 's/upper = 0.1/uper = 0.1/' params.R
run params.R
sed -i 's/"sigma": 20/"use_log_scale": true/' space.json
run space.json
run nothing.R
echo 'p <- makeParamSet(makeIntegerParam("units", 4, 64, 2))' >params.R
run params.R
