# What differs from run to run, and what stands for it. Used with sed -E.
# Times: 2026-11-23T15:07:33.123456Z, 2026-11-23 15:07:33
s/\b20[0-9]{2}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?Z?/TIME/g
# Ids: k3f9tz.17 becomes ID.17, (k3f9tz) becomes (ID); elsewhere a study's is for the test to replace
s/\b[a-hjkmnp-tv-z][0-9a-hjkmnp-tv-z]{5}\.([0-9]+)\b/ID.\1/g
s/\([a-hjkmnp-tv-z][0-9a-hjkmnp-tv-z]{5}\)/(ID)/g
# Hashes: 64 hexadecimal digits
s/\b[0-9a-f]{64}\b/HASH/g
# UUIDs
s/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/UUID/g
# Durations with a unit: 12 ms, 1.5 s, 0:03:07
s/\b[0-9]+(\.[0-9]+)? ?(us|ms|s)\b/DURATION/g
s/\b[0-9]+:[0-9]{2}:[0-9]{2}\b/DURATION/g
