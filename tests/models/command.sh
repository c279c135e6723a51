#!/bin/sh
# $1 says what to do.
case $1 in
line) echo chatter; echo "{\"loss\": 0.5, \"seed\": $RETRIAL_SEED}" ;;
file) echo "{\"n\": 1}" > "$RETRIAL_RESULT"; cat "$RETRIAL_PARAMS" ;;
number) echo 42 ;;
fail) echo "something broke" >&2; exit 3 ;;
crash) kill -ABRT $$ ;;
silent) ;;
text) echo "done" ;;
leave) sleep 300 & echo '{"pid": '$!'}' ;;
esac
