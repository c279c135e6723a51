# Every command and option is in help, man page and completions, and the options are taken.
retrial man > man
for shell in bash zsh fish; do
    retrial completion $shell > $shell
done

has() { # file, pattern, what
    grep -qE -e "$2" "$1" || { echo "$3 is not in $1"; bad=1; }
}
bad=0
commands=$(retrial help | sed -nE '/^Commands:/,/^$/s/^  ([a-z]+) .*/\1/p')
[ -n "$commands" ]
for command in $commands; do
    has man "^\.Ss retrial $command( |\$)" "$command"
    has bash "words='.* $command( |')" "$command"
    has zsh "^ +'$command:" "$command"
    has fish "use_subcommand -a $command " "$command"
    [ "$(retrial help $command)" = "$(retrial $command --help)" ] || echo "two helps: $command"
    for option in $(retrial help $command | sed -nE 's/^  (-.,|   ) --([a-z-]+).*/\2/p'); do
        has man "^\.It .*Fl .-${option//-/\\\\-}( |\$)" "$command --$option"
        [ $command = help ] || has bash "^ +$command\) words='.* --$option( |')" "$command --$option"
        has zsh "'\*--$option\[" "$command --$option"
        has fish " -l $option " "$command --$option"
        retrial $command --$option=1 --help > out 2> err || true
        ! grep -q "unknown option" err || { cat err; bad=1; }
    done
done

groff -mdoc -Tutf8 -ww -z man
bash -n bash
[ $bad = 1 ] || echo "all of them"
