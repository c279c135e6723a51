#!/bin/sh
# How far does gzip compress a made-up genome? A model can be any command: its parameters are in its
# words, its seed in $RETRIAL_SEED, and its result is the last line that it prints, as JSON.
#
#   RETRIAL_SEED=1 examples/command/compress.sh 6 0.5
set -eu
level=$1 repeats=$2

# 200,000 bases; with probability `repeats` the next 50 are a copy of earlier ones.
genome() {
    awk -v seed="$RETRIAL_SEED" -v repeats="$repeats" 'BEGIN {
        srand(seed)
        while (length(text) < 200000) {
            piece = ""
            if (length(text) > 50 && rand() < repeats)
                piece = substr(text, 1 + int(rand() * (length(text) - 50)), 50)
            else
                for (i = 0; i < 50; i++)
                    piece = piece substr("ACGT", 1 + int(rand() * 4), 1)
            text = text piece
        }
        printf "%s", text
    }'
}

bytes=$(genome | gzip -c "-$level" | wc -c)
awk -v bytes="$bytes" 'BEGIN { printf "{\"bytes\": %d, \"bits_per_base\": %.4f}\n", bytes, bytes * 8 / 200000 }'
