# Everything that was recorded about a trial that failed twice.
. "$SOURCE/tests/cli/made.bash"
make_study
retrial show kinds.2 | sed -E '
    s/^( *(id|host|pid|started|seconds|user_seconds|system_seconds|max_rss_kib|worker|position)  +).*/\1.../
    s|File ".*/model.py"|File "model.py"|'
