# A study: its plan, its revisions, its code and its launches.
. "$SOURCE/tests/cli/made.bash"
make_noise
retrial show noise | sed -E 's/^( *(id|hosts?|pid|user|code|bytes|command|name|root|cwd|cpu|cores|memory_kib|package_count|python\w*)  +).*/\1.../'
retrial show noise --json | /usr/bin/python3 -c '
import json, sys
study = json.load(sys.stdin)
print(study["study"], study["done"], len(study["revisions"]), len(study["launches"]))'
