# The named queries can be read anywhere; asking needs a store.
retrial query --list | head -n 1
retrial query "SELECT 1" || echo "exit $?"
retrial query "SELECT 1" --store elsewhere || echo "exit $?"
