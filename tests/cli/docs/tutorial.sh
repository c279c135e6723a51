# The commands of the tutorial still print what it shows, but for numbers, ids and widths.
mkdir bin
if type mpiexec.mpich > /dev/null 2>&1; then
    printf '#!/bin/sh\nexec mpiexec.mpich "$@"\n' > bin/mpiexec
elif type mpiexec.openmpi > /dev/null 2>&1; then
    printf '#!/bin/sh\nexec mpiexec.openmpi --allow-run-as-root --oversubscribe "$@"\n' > bin/mpiexec
else # the numbers are the same
    printf '#!/bin/sh\nshift 2\nexec "$@"\n' > bin/mpiexec
fi
chmod +x bin/mpiexec
export PATH=$PWD/bin:$PATH C_INCLUDE_PATH=$SOURCE/engine/public
mkdir first
cd first
"$SOURCE/tests/console.py" "$SOURCE/docs/tutorial.md" > ../new.md
normal() {
    sed -E -e 's/20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z/TIME/g' -e "s/\b$(hostname)\b/HOST/g" -e 's/\bvm\b/HOST/g' \
        -e 's/\b[a-hjkmnp-tv-z][0-9a-hjkmnp-tv-z]{5}(\.[0-9]+)?\b/ID/g' \
        -e 's/[0-9a-f]{64}/HASH/g' -e 's#/tmp/[^ "]*#FOLDER#g' \
        -e 's/\b[0-9]+(\.[0-9]+)?(e-[0-9]+)?\b/N/g' -e 's/just now|N (s|min) ago/AGO/g' \
        -e 's/N (ms|s|min)\b/SPAN/g' -e 's/N\/(s|min)\b/RATE/g' -e 's/-+/-/g' -e 's/ +/ /g' \
        -e 's/ $//' "$1"
}
diff <(normal "$SOURCE/docs/tutorial.md") <(normal ../new.md) && echo "as it says"
