#!/usr/bin/env bash
# Runs one command-line test and compares what it gave with the files beside it.
#
#   tests/cli/run.sh [--update] tests/cli/AREA/NAME.sh
#
# NAME.sh runs in an empty folder, by bash -eu -o pipefail (so that it ends at the first failure),
# with the built retrial first in PATH and $SOURCE naming the source tree. What it prints must be
# NAME.sh.stdout; NAME.sh.stderr and NAME.sh.exit (0 if missing) count when they exist. Ids, times
# and the folder's name are replaced first, as tests/cli/normalise.sed says. With --update the
# files that exist are written anew, and NAME.sh.stdout always: read the difference before you
# commit it. A script that ends with 77 is skipped, for the reason that it printed.
set -u
update=
if [ "${1:-}" = --update ]; then
    update=yes
    shift
fi
script=$(realpath "$1") || exit 2
here=$(dirname "$(realpath "$0")")
export SOURCE=${here%/tests/cli}
export BUILD=${RETRIAL_BUILD:-$SOURCE/build}
work=$(mktemp -d "${TMPDIR:-/tmp}/retrial-cli.XXXXXX") || exit 2
trap 'rm -rf "$work"' EXIT
mkdir "$work/here" "$work/home"
cd "$work/here" || exit 2

unset RETRIAL_STORE RETRIAL_COMM
HOME=$work/home PATH=$BUILD:/usr/bin:/bin:$PATH LC_ALL=C.UTF-8 TZ=UTC COLUMNS=100 TERM=dumb \
    bash -eu -o pipefail "$script" >"$work/stdout" 2>"$work/stderr" </dev/null
echo $? >"$work/exit"
if [ "$(cat "$work/exit")" = 77 ]; then # it says why it cannot run here
    cat "$work/stdout"
    exit 77
fi

bad=0
compare() { # what, whether it counts without a file, its content then
    local want=$script.$1 got=$work/$1.normal
    sed -E -e "s|$work|WORK|g" -e "s|$SOURCE|SOURCE|g" -f "$here/normalise.sed" "$work/$1" >"$got"
    if [ -n "$update" ] && { [ -e "$want" ] || [ "$1" = stdout ]; }; then
        cp "$got" "$want"
    elif [ -e "$want" ]; then
        diff -u --label "expected $1" --label "actual $1" "$want" "$got" || bad=1
    elif [ -n "$2" ]; then
        diff -u --label "expected $1" --label "actual $1" - "$got" <<<"$2" || bad=1
    fi
}
[ -n "$update" ] || [ -e "$script.stdout" ] || { echo "$script.stdout is missing"; bad=1; }
compare stdout ""
compare stderr ""
compare exit 0
[ $bad = 0 ] || [ -e "$script.stderr" ] || { echo "stderr was:"; cat "$work/stderr"; }
exit $bad
