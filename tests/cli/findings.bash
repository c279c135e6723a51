# Of the warnings on stdin those that a launch gives in the end, sorted: on a slow host it has told the
# same meanwhile, of fewer trials.
in_the_end() {
    tac | awk '
        {
            what = $0
            sub(/ \(.*/, "", what)
            sub(/[0-9]+ pairs? of trials.*/, "", what)
            sub(/, which the study sets: .*/, "", what)
        }
        !told[what]++' | sort
}
