retrial completion bash > script
source ./script
complete_words() { # the words typed so far; the last one is completed
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
    _retrial
    echo "$*: ${COMPREPLY[*]}"
}
complete_words retrial comp
complete_words retrial --store /tmp comp
complete_words retrial help comp
complete_words retrial completion --v
retrial completion tcsh
