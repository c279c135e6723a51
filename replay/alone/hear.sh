# The command is told what it was told then, after as many reports. It looks for that when it likes:
# what it makes of it may come out otherwise.
tell() { # what it finds from now on; "stop": it is to end
    printf '%s\n' "$1" > "$RETRIAL_ANSWER.new"
    mv "$RETRIAL_ANSWER.new" "$RETRIAL_ANSWER"
    [ -z "${2:-}" ] || { touch "$here/stopped" && kill -TERM -- "-$command" || true; }
}
hear() {
    local line reports=0
    told
    while IFS= read -r line; do
        printf '%s\n' "$line" >> "$here/reports"
        case $line in
        checkpoint*) ;;
        *step*)
            reports=$((reports + 1))
            told
            ;;
        esac
    done
}
rm -f "$here/stopped"
: > "$here/reports"
exec 9<> "$RETRIAL_REPORT"
set -m # it has a process group of its own
run 9>&- < /dev/null &
command=$!
set +m
hear 9>&- < "$RETRIAL_REPORT" &
ended=0
wait "$command" || ended=$?
exec 9>&-
wait
[ ! -e "$here/stopped" ] || ended=0
