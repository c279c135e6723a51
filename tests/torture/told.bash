# Whether a message says which change to the disk failed: shared by faults.sh and disks.sh.
# shellcheck shell=bash disable=SC2154 # work is the caller's

# The part of the store that a path belongs to, as a message names it.
named() {
    case $1 in
    *code.git*) echo code.git ;;
    *index.sqlite*) echo index.sqlite ;;
    *journal*) echo journal ;;
    *objects*) echo objects ;;
    *.retrial | *.retrial.*.new*) echo .retrial ;;
    *.retrial/lock | *.retrial*/format | *.retrial/control) basename "$1" ;;
    *.yaml*) echo saved.yaml ;;
    "$work"/tmp/*) echo "$work/tmp" ;;
    *) basename "$1" ;;
    esac
}

# With several failures, that of any part may be the one that is told.
says_where() { # message, log of the changes
    local failed
    while read -r failed; do
        [[ $1 != *$(named "$failed")* ]] || return 0
    done < <(awk '$4 != "done" {print $3}' "$2" | sort -u)
    return 1
}

# LMDB and SQLite take some errors for others; the free space tells. Quotas are not free space.
says_how_much() { # message, how it failed
    [[ $2 == quota || $1 =~ \([0-9]+\ KiB\ free|unable\ to\ open ]]
}
