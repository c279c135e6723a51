#include "tests/expect.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "engine/study.h"

#define E "entry: m.py:f\n"

struct mistake {
    const char *text;
    const char *error; /* all of it, behind the name of the file */
};

static const struct mistake mistakes[] = {
    {"", "1:1: the file is empty"},
    {"# nothing\n", "1:1: the file is empty"},
    {"---\n", "1:1: the file is empty"},
    {"just text\n",
     "1:1: expected a mapping with the keys of a study: name, entry, ..., found a text: just text"},
    {"[1, 2]\n",
     "1:1: expected a mapping with the keys of a study: name, entry, ..., found a list"},
    {"name: a\n", "1:1: the study says nothing to run; add \"entry\", such as model.py:train"},
    {E "replicate: 3\n", "2:1: unknown key \"replicate\"; did you mean \"replicates\"?"},
    {E "Params: {}\n", "2:1: unknown key \"Params\"; did you mean \"params\"?"},
    {E "gpus: 1\n", "2:1: there is no key \"gpus\" here; write each: {gpus: 1}"},
    {E "timeout: 3s\n", "2:1: there is no key \"timeout\" here; write limits: {timeout: 60s}"},
    {E "limits: {gpus: 1}\n", "2:10: there is no key \"gpus\" here; write each: {gpus: 1}"},
    {"command: [./x.sh]\n", "1:1: there is no key \"command\" here; write entry: {command: "
                            "[./train.sh, --lr, \"{lr}\"]}"},
    {E "params:\n  a: @x\n", "3:6: a text cannot start with this character; put it in quotes"},
    {E "colour: 1\n",
     "2:1: unknown key \"colour\"; the keys here are name, entry, params, defaults, sample, "
     "samples, list, sweep, "
     "replicates, seed, code, objective, pruning, limits, each, python, isolation, inputs, driver, "
     "space, "
     "extends"},
    {E "sweep: {zip: {a: [1, 2], b: [1]}}\n",
     "2:29: \"b\" has 1 levels and \"a\" has 2; keys that change together have equally many"},
    {E "sweep: {zip: {a: [1, 1], b: [x, x]}}\n",
     "2:22: [1,\"x\"] is listed twice; to repeat trials, use \"replicates\""},
    {E "sweep: {lr: {from: 0, to: 1, count: 3, scale: log}}\n",
     "2:37: a range with a logarithmic scale goes from 0 to 1; both ends must be between 1e-250 "
     "and "
     "1e250"},
    {E "sweep: {lr: {from: 1, to: 2, step: 1, scale: log}}\n",
     "2:46: a range with a logarithmic scale has \"from\", \"to\" and \"count\""},
    {E "samples: 3\n", "2:1: \"samples\" says how often to draw, and nothing is drawn; add "
                       "\"sample\", or write \"replicates\""},
    {E "sample: {a: {int: [1, 2]}}\n",
     "2:1: add \"samples\", such as samples: 100: how often to draw"},
    {E "samples: 3\nsample: {a: 'int(1)'}\n", "3:13: int has two bounds, such as int(1, 10)"},
    {E "samples: 3\nsample: {a: 'int(1.0, 2)'}\n",
     "3:13: expected an integer, found a real number: 1.0"},
    {E "samples: 3\nsample: {a: {int: 1}}\n",
     "3:19: expected a list such as [1, 10], found an integer: 1"},
    {E "samples: 3\nsample: {a: uniform(0, 1)}\n",
     "3:13: \"uniform(0\" has no closing bracket; inside of {} a comma ends a value: write it in "
     "quotes, or on a line of its own"},
    {E "samples: 3\nsample: {a: {uniform: [-1e308, 1e308]}}\n",
     "3:23: uniform goes from -1e+308 to 1e+308, which is too far"},
    {E "list: 3\n", "2:7: expected a list of params such as [{lr: 0.1}], or a file, found an "
                    "integer: 3"},
    {E "list: []\n", "2:7: the list is empty; give at least one item, or remove the key"},
    {E "list: [{a: 1}, 2]\n", "2:16: expected the params of a run such as {\"lr\": 0.1}, found an "
                              "integer"},
    {E "list: [{a: {b.c: 1}}]\n",
     "2:8: the name \"b.c\" has a dot; write a mapping inside a mapping"},
    {E "limits: {time-out: 3s}\n", "2:10: unknown key \"time-out\"; did you mean \"timeout\"?"},
    {E "limits: {cores: 1}\n",
     "2:10: unknown key \"cores\"; the keys here are timeout, retries, output, memory"},
    {E "limits: {memory: 0}\n",
     "2:18: memory 0 is not positive; remove the key if there is no limit"},
    {E "limits: {memory: 2000000GiB}\n",
     "2:18: memory 2000000GiB is more than a million GiB; remove the key if there is no limit"},
    {E "limits: {memory: much}\n",
     "2:18: expected a size such as 64KiB (units: B, kB, MB, GB, KiB, "
     "MiB, GiB), found a text: much"},
    {E "each: {thread: 1}\n", "2:8: unknown key \"thread\"; did you mean \"threads\"?"},
    {E "each: {gpu: 1}\n", "2:8: unknown key \"gpu\"; did you mean \"gpus\"?"},
    {E "each: {gpus: 1.5}\n",
     "2:14: expected a part of a GPU such as 0.5, of three decimals at most, or a number of GPUs "
     "such as 2, found a real number: 1.5"},
    {E "each: {gpus: -1}\n",
     "2:14: expected a part of a GPU such as 0.5, of three decimals at most, or a number of GPUs "
     "such as 2, found an integer: -1"},
    {E "each: {gpus: 0.3333}\n",
     "2:14: expected a part of a GPU such as 0.5, of three decimals at most, or a number of GPUs "
     "such as 2, found a real number: 0.3333"},
    {E "isolation: cold\n", "2:12: expected fresh (each trial has a process of its own) or warm "
                            "(processes are used again), found a text: cold"},
    {E "inputs: a.csv\n",
     "2:9: expected a list of files or folders such as [data/train], found a text: a.csv"},
    {E "inputs: [a, ./a]\n", "2:13: \"./a\" is listed twice"},
    {E "inputs: ['']\n", "2:10: the name of the input is empty"},
    {E "inputs: [1]\n",
     "2:10: expected a file or a folder such as data/train, found an integer: 1"},
    {E "code: {root: .}\n", "2:8: unknown key \"root\"; did you mean \"roots\"?"},
    {E "code: {ignore: x}\n",
     "2:16: expected a list of patterns such as [\"*.csv\", data/], found a "
     "text: x"},
    {E "code: {ignore: ['']}\n",
     "2:17: the pattern is empty, or has several lines; write one a line"},
    {E "extends: a.yaml\n", "2:1: only a study in a file can extend another one"},
    {E "code: {}\n",
     "2:7: expected \"roots\" or \"ignore\", found a mapping without anything in it"},
    {E "objective: {maximise: acc}\n",
     "2:13: unknown key \"maximise\"; did you mean \"maximize\"?"},
    {E "sweep: {x: {from: 0, too: 1, step: 1}}\n",
     "2:22: unknown key \"too\"; did you mean \"to\"?"},
    {E "sweep: {opt: {lr: [1, 2]}}\n", "2:15: unknown key \"lr\"; a range has from, to, and step "
                                       "or count, and to sweep a member, write \"opt.lr\""},
    {E "seed: {bas: 1}\n", "2:8: unknown key \"bas\"; did you mean \"base\"?"},
    {"entry: m.py\n", "1:8: entry \"m.py\" names no function; write \"m.py:FUNCTION\""},
    {"entry: model.R:train x\n",
     "1:8: entry \"model.R:train x\" ends with what is no name of a function"},
    {"entry: ./model:train\n",
     "1:8: entry \"./model:train\" is none of FILE.py:FUNCTION, MODULE:FUNCTION and "
     "FILE.so:FUNCTION; for a program write {command: [PROGRAM, ARGUMENT, ...]}"},
    {"entry: m.py:1f\n", "1:8: entry \"m.py:1f\" ends with what is no name of a function"},
    {"entry: m.py:\n", "1:12: a second colon on the line; write what belongs to the key indented "
                       "on lines of its own, "
                       "and texts that have a colon before a blank or at their end in quotes"},
    {"entry: m.py:a.b\n", "1:8: entry \"m.py:a.b\" ends with what is no name of a function"},
    {"entry: 3\n", "1:8: expected a function such as model.py:train, or a mapping such as "
                   "{command: [./train.sh]}, found an integer: 3"},
    {"entry:\n", "1:1: expected a function such as model.py:train, or a mapping such as {command: "
                 "[./train.sh]}, found nothing; give a value, or remove the key"},
    {"entry: {}\n", "1:8: expected a function such as model.py:train, or a mapping such as "
                    "{command: [./train.sh]}, found a mapping without anything in it"},
    {"entry: {comand: [a]}\n", "1:9: unknown key \"comand\"; did you mean \"command\"?"},
    {"entry: {command: ./x}\n",
     "1:18: expected a list such as [./train.sh, --lr, \"{lr}\"], found a text: ./x"},
    {"entry: {command: []}\n", "1:18: expected a list such as [./train.sh, --lr, \"{lr}\"], found "
                               "a list without anything in it"},
    {"entry: {command: [./t.sh, {lr}]}\n",
     "1:27: expected a text; for a parameter, write \"{name}\" in quotes, found a mapping"},
    {"entry: {command: ['']}\n", "1:19: the program is empty"},
    {"entry: /abs/m.py:f\n",
     "1:8: \"/abs/m.py\" is outside of the code of the study; add its folder to \"code\""},
    {"entry: {command: [../x.sh]}\n",
     "1:19: \"../x.sh\" is outside of the code of the study; add its folder to \"code\""},
    {E "code: 3\n", "2:7: expected a folder, a list of folders, or a mapping such as {roots: [.], "
                    "ignore: [\"*.csv\"]}, found an integer: 3"},
    {E "code: []\n", "2:7: the list is empty; name a folder, or remove the key"},
    {E "code: /\n", "2:7: the code of a study cannot be all of \"/\"; name its folder"},
    {E "code: [., ./lib]\n",
     "2:11: folder \"./lib\" overlaps with one before it; name the outer one only"},
    {E "code: ''\n", "2:7: the name of the folder is empty"},
    {E "name: 3\n", "2:7: expected a text (write it in quotes if it looks like something else), "
                    "found an integer: 3"},
    {E "name: ''\n", "2:7: the name of the study is empty"},
    {E "name: a/b\n",
     "2:7: the name \"a/b\" contains one of / \\ \" ' ` * ? < > | :; choose another one"},
    {E "name: sqlite_x\n", "2:7: the name \"sqlite_x\" starts with sqlite_; choose another one"},
    {E "name: .x\n", "2:7: the name \".x\" starts with a dot, a dash or a space, or ends with a "
                     "space; choose another one"},
    {E "name: \"a\\nb\"\n", "2:7: the name of the study contains control characters"},
    {E "name: "
       "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
       "xxxxxxxxxx\n",
     "2:7: the name \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...\" is longer "
     "than 100 bytes; choose another one"},
    {E "params: [1]\n", "2:9: expected a mapping such as {epochs: 40}, found a list"},
    {E "params:\n", "2:1: expected a mapping such as {epochs: 40}, found nothing; give a value, or "
                    "remove the key"},
    {E "params: {a.b: 1}\n", "2:10: the name \"a.b\" has a dot; write a mapping inside a mapping"},
    {E "params: {1: 2}\n",
     "2:10: a key must be a text, and this is an integer; write \"1\" in quotes"},
    {E "params: {yes: 1, no: 2, true: 3}\n",
     "2:25: a key must be a text, and this is true or false; write \"true\" in quotes"},
    {E "params: {\"\": 2}\n", "2:10: the name of the parameter is empty"},
    {E "params: {a: .nan}\n",
     "2:13: .nan is not a value that a trial can be given; write it in quotes if a text is meant"},
    {E "params: {a: -.inf}\n",
     "2:13: -.inf is not a value that a trial can be given; write it in quotes if a text is meant"},
    {E "params: {a: 99999999999999999999}\n",
     "2:13: 99999999999999999999 does not fit an integer of 64 bits; write it with an exponent for "
     "a real number, or in quotes for a text"},
    {E "params: {a: 1e999}\n", "2:13: 1e999 is larger than any real number of 64 bits"},
    {E "params: {$float: nan}\n",
     "2:10: the name \"$float\" stands for NaN and infinities; choose another one"},
    {E "params: {a: 1, a: 2}\n", "2:16: key \"a\" is given twice; remove one of them"},
    {E "params:\n  a: 1\n  b: {c: 1,\n    c: 2}\n",
     "5:5: key \"c\" is given twice; remove one of them"},
    {E "params: {a: \"x\\0y\"}\n",
     "2:13: the text contains a NUL or what is no character; remove it"},
    {E "params: {\"a\\tb\": 1}\n", "2:10: the name of the parameter contains control characters"},
    {E "sweep: {x: []}\n", "2:12: the list is empty; give at least one value, or remove the key"},
    {E "sweep: {x: 0.1}\n", "2:12: expected a list such as [0.1, 0.2], a range such as {from: 0, "
                            "to: 0.5, step: 0.05}, or \"0:0.5:0.05\", found a real number: 0.1"},
    {E "sweep: {x: }\n",
     "2:9: expected a list such as [0.1, 0.2], a range such as {from: 0, to: 0.5, step: 0.05}, or "
     "\"0:0.5:0.05\", found nothing; give a value, or remove the key"},
    {E "sweep: {x: abc}\n", "2:12: expected a list such as [0.1, 0.2], a range such as {from: 0, "
                            "to: 0.5, step: 0.05}, or \"0:0.5:0.05\", found a text: abc"},
    {E "sweep: {x: \"0:1\"}\n", "2:12: expected a list such as [0.1, 0.2], a range such as {from: "
                                "0, to: 0.5, step: 0.05}, or \"0:0.5:0.05\", found a text: 0:1"},
    {E "params: {z: 4}\nlist: [{b: 1}, {}, {z: 4}]\n",
     "3:20: {\"z\":4} is listed twice; to repeat trials, use \"replicates\""},
    {E "sweep: {x: [1, 2, 1]}\n", "2:19: 1 is listed twice; to repeat trials, use \"replicates\""},
    {E "sweep: {x: [0.1, 0.10]}\n",
     "2:18: 0.1 is listed twice; to repeat trials, use \"replicates\""},
    {E "sweep: {x: [9007199254740993, 0.5]}\n", "2:13: 9007199254740993 is too large to stand "
                                                "among real numbers; write all values as integers"},
    {E "sweep: {a..b: [1]}\n", "2:9: the name of the parameter is empty"},
    {E "sweep: {a: [1], a.b: [2]}\n",
     "2:1: the plan sweeps \"a.b\", but what holds \"b\" is no mapping"},
    {E "params: {a: 3}\nsweep: {a.b: [2]}\n",
     "3:1: the plan sweeps \"a.b\", but what holds \"b\" is no mapping"},
    {E "sweep: [1]\n", "2:9: expected a mapping such as {lr: [0.1, 0.2]}, found an integer: 1"},
    {E "sweep: {x: [[{a.b: 1}]]}\n",
     "2:15: the name \"a.b\" has a dot; write a mapping inside a mapping"},
    {E "sweep: {x: {from: 0, to: 1}}\n",
     "2:12: a range has \"from\", \"to\" and either \"step\" or \"count\""},
    {E "sweep: {x: {from: 0, to: 1, step: 0.1, count: 3}}\n",
     "2:12: a range has \"from\", \"to\" and either \"step\" or \"count\""},
    {E "sweep: {x: {from: 0, to: 1, step: 0.3}}\n",
     "2:35: step 0.3 does not reach 1 exactly; the nearest levels are 0.9 and 1.2: change \"step\" "
     "or \"to\""},
    {E "sweep: {x: {from: 0, to: 1, step: 0}}\n",
     "2:35: step is 0; write how far one level is from the next"},
    {E "sweep: {x: {from: 1, to: 0, step: 0.1}}\n",
     "2:35: step 0.1 leads away from 0; change its sign"},
    {E "sweep: {x: {from: a, to: 0, step: 0.1}}\n", "2:19: expected a number, found a text: a"},
    {E "sweep: {x: {from: 0, to: 1, count: 0}}\n",
     "2:36: expected an integer from 1 to 1000000000, found an integer: 0"},
    {E "sweep: {x: {from: 0, to: 1, count: 1}}\n",
     "2:36: count is 1, but the ends are different; correct one of them"},
    {E "sweep: {x: {from: 0, to: 0, count: 2}}\n",
     "2:36: count is 2, but the ends are equal; correct one of them"},
    {E "sweep: {x: {from: 0, to: 1, count: 1.5}}\n",
     "2:36: expected an integer from 1 to 1000000000, found a real number: 1.5"},
    {E "sweep: {x: {from: 0, to: 1, count: 123457}}\n",
     "2:36: 123457 levels do not divide this range evenly; change \"count\", or write \"step\" "
     "instead"},
    {E "sweep: {x: {from: 0, to: 1e9, step: 0.1}}\n",
     "2:37: step 0.1 makes more than 1000000000 levels; write a larger one"},
    {E "sweep: {x: {from: 1e17, to: 100000000000000001, step: 0.5}}\n",
     "2:55: step 0.5 is too small to tell levels of this range apart; write a larger one"},
    {E "sweep: {x: \"0:1:0.3\"}\n", "2:12: step 0.3 does not reach 1 exactly; the nearest levels "
                                    "are 0.9 and 1.2: change \"step\" or \"to\""},
    {E "sweep: {x: {from: 0, to: 1e300, step: 1e-300}}\n",
     "2:39: step 1e-300 is too small or too large for this range"},
    {E "sweep: {x: {from: 0.12345678901234567890123, to: 1, step: 1}}\n",
     "2:19: \"0.12345678901234567890123\" has too many digits; give 18 at most"},
    {E "sweep: {x: \"0:100000:1\", y: \"0:100000:1\"}\n",
     "2:1: the plan has more than 1000000000 trials; plan fewer"},
    {E "replicates: 1000000000\nsweep: {x: [1, 2]}\n",
     "3:1: the plan has more than 1000000000 trials; plan fewer"},
    {E "replicates: 0\n", "2:13: expected an integer from 1 to 1000000000, found an integer: 0"},
    {E "replicates: -1\n", "2:13: expected an integer from 1 to 1000000000, found an integer: -1"},
    {E "replicates: 1.5\n",
     "2:13: expected an integer from 1 to 1000000000, found a real number: 1.5"},
    {E "replicates: '3'\n", "2:13: expected an integer from 1 to 1000000000, found a text: 3"},
    {E "replicates: many\n", "2:13: expected an integer from 1 to 1000000000, found a text: many"},
    {E "seed: -1\n",
     "2:7: expected an integer from 0 to 9223372036854775807, found an integer: -1"},
    {E "seed: 1.0\n", "2:7: expected an integer, \"per-trial\", or a mapping such as {base: 3, "
                      "per: trial}, found a real number: 1.0"},
    {E "seed: random\n", "2:7: expected an integer, \"per-trial\", or a mapping such as {base: 3, "
                         "per: trial}, found a text: random"},
    {E "seed: {base: 1, per: level}\n",
     "2:22: expected \"replicate\" or \"trial\", found a text: level"},
    {E "objective: acc\n",
     "2:12: expected a mapping such as {maximize: accuracy}, found a text: acc"},
    {E "objective: {}\n", "2:12: expected a mapping such as {maximize: accuracy}, found a mapping "
                          "without anything in it"},
    {E "objective: {maximize: a, minimize: b}\n",
     "2:26: there is one objective per study; remove \"maximize\" or \"minimize\""},
    {E "objective: {maximize: 3}\n", "2:23: expected the name of a metric, found an integer: 3"},
    {E "objective: {minimize: ''}\n", "2:23: the name of the metric is empty"},
    {E "limits: {timeout: 60 parsecs}\n", "2:19: expected a duration such as 60s, 2min, 1.5h "
                                          "(units: ms, s, min, h, d), found a text: 60 parsecs"},
    {E "limits: {timeout: -5s}\n",
     "2:19: timeout -5s is not positive; remove the key if there is none"},
    {E "limits: {timeout: 0}\n",
     "2:19: timeout 0 is not positive; remove the key if there is none"},
    {E "limits: {timeout: 5m}\n", "2:19: expected a duration such as 60s, 2min, 1.5h (units: ms, "
                                  "s, min, h, d), found a text: 5m"},
    {E "limits: {timeout: 1000d}\n",
     "2:19: timeout 1000d is longer than a year; remove the key if there is none"},
    {E "limits: {timeout: [1]}\n",
     "2:19: expected a duration such as 60s, 2min, 1.5h (units: ms, s, min, h, d), found a list"},
    {E "limits: {retries: -1}\n", "2:19: expected an integer from 0 to 250, found an integer: -1"},
    {E "limits: {retries: 300}\n",
     "2:19: expected an integer from 0 to 250, found an integer: 300"},
    {E "limits: {output: 1GiB}\n",
     "2:18: output 1GiB is more than the 64MiB that can be kept; write a file for more"},
    {E "limits: {output: lots}\n", "2:18: expected a size such as 64KiB (units: B, kB, MB, GB, "
                                   "KiB, MiB, GiB), found a text: lots"},
    {E "limits: {output: -1}\n", "2:18: expected a size such as 64KiB (units: B, kB, MB, GB, KiB, "
                                 "MiB, GiB), found an integer: -1"},
    {E "limits: 60s\n", "2:9: expected a mapping such as {timeout: 60s}, found a text: 60s"},
    {E "each: {threads: 0}\n", "2:17: expected an integer from 1 to 65536, found an integer: 0"},
    {E "each: 2\n", "2:7: expected a mapping such as {threads: 2}, found an integer: 2"},
    {E "entry: m.py:f\n", "2:1: key \"entry\" is given twice; remove one of them"},
    {E "params: &a {x: 1}\n",
     "2:9: anchors are not supported; write the value itself, or quote the text"},
    {E "params: *a\n", "2:9: aliases are not supported; write the value itself, or quote the text"},
    {E "params: {x: !!str 5}\n",
     "2:13: tags are not supported; write the value itself, or quote the text"},
    {E "params: {<<: {a: 1}}\n", "2:10: merge keys are not supported; write the members out"},
    {"%YAML 1.1\n---\nentry: m.py:f\n",
     "1:1: the file says that it is YAML 1.1; this program reads YAML 1.2"},
    {E "---\nentry: m.py:f\n", "2:1: a second document starts here; keep one study per file"},
    {E "params:\n\tx: 1\n", "3:1: tabs do not indent; write blanks"},
    {E "params: {x: [1, 2\n", "3:1: a [ is not closed; add its ]"},
    {E "params: {x: 1}}\n", "2:15: a } that closes no brace; remove it"},
    {E " name: x\n", "1:8: this goes on to a line with a colon; write KEY: VALUE with a blank "
                     "behind the colon, and "
                     "indent with blanks, not tabs"},
    {E "pruning: []\n", "2:10: the list has no rules; remove the key if nothing is to be pruned"},
    {E "pruning: 3\n", "2:10: expected a rule such as {rule: median, after: 5}, or a list of "
                       "rules, found an integer: 3"},
    {E "pruning: {after: 5}\n",
     "2:10: the rule has no name; add \"rule\": median, asha, threshold or patience"},
    {E "pruning: {rule: medain}\n", "2:17: unknown rule \"medain\"; did you mean \"median\"?"},
    {E "pruning: {rule: hyperband}\n",
     "2:17: unknown rule \"hyperband\"; the rules are median, asha, threshold, patience"},
    {E "pruning: {rule: median}\n",
     "2:10: the rule looks at no metric; add \"metric\", or an \"objective\" to the study"},
    {E "pruning: {rule: median, metric: a}\nobjective: {minimize: b}\n",
     "2:10: is less or more of \"a\" better? add \"goal\": minimize or maximize"},
    {E "objective: {minimize: b}\npruning: {rule: median, afer: 2}\n",
     "3:25: unknown key \"afer\"; did you mean \"after\"?"},
    {E "objective: {minimize: b}\npruning: {rule: asha, min: 9, max: 9}\n",
     "3:36: max is not above min: no trial would be stopped"},
    {E "objective: {minimize: b}\npruning: {rule: asha, factor: 1}\n",
     "3:31: expected an integer from 2 to 9007199254740992, found an integer: 1"},
    {E "objective: {minimize: b}\npruning: [{rule: threshold}]\n",
     "3:11: the threshold has no value; add \"lower\" or \"upper\""},
    {E "objective: {minimize: b}\npruning: {rule: threshold, lower: 2, upper: 1}\n",
     "3:35: lower is above upper: all trials would be stopped"},
    {E "objective: {minimize: b}\npruning: {rule: patience, by: 0.1}\n",
     "3:10: how many reports is the patience? add \"steps\""},
    {E "objective: {minimize: b}\npruning: {rule: patience, steps: 2, by: -1}\n",
     "3:41: expected a number, 0 or more, found an integer: -1"},
    {E "? [a]\n: 1\n", "2:3: a key must be a text, not a list or a mapping"},
    {E "params: {x: \001}\n", "2:13: control character U+0001 is not allowed; remove it, or write "
                              "\"\\x01\" in double quotes"},
    {E "name: \377\n", "2:7: byte 0xFF is not UTF-8; save the file as UTF-8"},
    {E "params: {x: \"a}\n", "2:14: the text has no closing quote on its line"},
    {E "a: b: c\n",
     "2:5: a second colon on the line; write what belongs to the key indented on lines of its own, "
     "and texts that have a colon before a blank or at their end in quotes"},
    {E "- x\n", "2:1: this is no KEY: VALUE of the mapping above; keys that belong together start "
                "in the same column"},
    {"\t\n", "1:1: the file is empty"},
    {E "params: {x: \"\\q\"}\n", "2:14: invalid escape 'q' in double-quoted string"},
};

static void check_mistake(struct rt_span text, const char *path, const char *error)
{
    struct rt_study_file file;
    struct rt_err err;
    char *want = rt_printf("%s:%s", path, error);

    if (rt_study_file_parse(text, path, &file, &err) != RT_EUSAGE)
        fail_msg("%.*s: was read", (int)text.size, (const char *)text.data);
    if (strcmp(err.text, want) != 0)
        fail_msg("%.*s\ngave %s\nnot  %s", (int)text.size, (const char *)text.data, err.text, want);
    assert_null(file.plan);
    free(want);
}

static void mistakes_are_told_with_their_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++)
        check_mistake(rt_span_text(mistakes[i].text), "noise.yaml", mistakes[i].error);
}

static void bytes_that_are_no_text_are_told_with_their_place(void **state)
{
    const char nul[] = E "name: a\0b\n";

    (void)state;
    check_mistake(rt_span(nul, sizeof nul - 1), "a.yaml",
                  "2:8: a NUL byte is not allowed; remove it");
    check_mistake(rt_span("\xFE\xFF\0e", 4), "a.yaml", "1:1: the file is UTF-16; save it as UTF-8");
}

static void columns_count_characters(void **state)
{
    (void)state;
    check_mistake(rt_span_text(E "params: {\xC3\xA9\xE2\x82\xAC: .nan}\n"), "a.yaml",
                  "2:14: .nan is not a value that a trial can be given; write it in quotes if a "
                  "text is meant");
    check_mistake(
        rt_span_text("\xEF\xBB\xBF" E "x: 1\n"), "a.yaml",
        "2:1: unknown key \"x\"; the keys here are name, entry, params, defaults, sample, samples, "
        "list, sweep, "
        "replicates, seed, code, objective, pruning, limits, each, python, isolation, inputs, "
        "driver, "
        "space, "
        "extends");
    check_mistake(rt_span_text("entry: m.py:f\r\nparams: 1\r\n"), "a.yaml",
                  "2:9: expected a mapping such as {epochs: 40}, found an integer: 1");
}

/* What YAML allows and JSON does not. */
static void json_files_are_strict(void **state)
{
    static const char *const texts[] = {
        "entry: m.py:f\n",
        "{'entry': 'm.py:f'}",
        "{\"entry\": \"m.py:f\",}",
        "{\"entry\": \"m.py:f\"} # no\n",
        "{\"entry\": m.py:f}",
        "{\"entry\": \"m.py:f\", \"replicates\": 010}",
        "{\"entry\": \"m.py:f\", \"params\": {\"x\": NaN}}",
        "{\"entry\": \"m.py:f\", \"entry\": \"m.py:f\"}",
        "{\"entry\": \"m.py:f\"} {}",
        "",
    };
    struct rt_study_file file;
    struct rt_err err;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        expect_error(err, RT_EUSAGE, "a.json:1:",
                     rt_study_file_parse(rt_span_text(texts[i]), "a.json", &file, &err));
}

static void expect_too_much(const char *start, const char *piece, size_t count, const char *part)
{
    struct rt_buf text = RT_BUF_INIT;
    struct rt_study_file file;
    struct rt_err err;

    rt_buf_add(&text, start);
    for (size_t i = 0; i < count; i++)
        rt_buf_add(&text, piece);
    expect_error(err, RT_EUSAGE, part,
                 rt_study_file_parse(rt_buf_span(&text), "a.yaml", &file, &err));
    rt_buf_clear(&text);
}

static void files_that_are_too_large_are_refused(void **state)
{
    (void)state;
    expect_too_much(E "params: ", "[", 100000, "nested more than 60 levels");
    expect_too_much(E "params: ", "{a: ", 100000, "nested more than 60 levels");
    expect_too_much(E, "- - - - - - - - ", 100000, "a.yaml:2:");
    expect_too_much(E "sweep: {x: [", "1,", 1000001, "more than 1000000 values");
    expect_too_much(E "name: ", "0123456789abcdef", 1 << 20, "16777216 are allowed");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mistakes_are_told_with_their_place),
        cmocka_unit_test(bytes_that_are_no_text_are_told_with_their_place),
        cmocka_unit_test(columns_count_characters),
        cmocka_unit_test(json_files_are_strict),
        cmocka_unit_test(files_that_are_too_large_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
