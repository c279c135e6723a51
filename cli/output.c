#include "cli/output.h"

static int format = RT_FORMAT_TABLE;

struct poptOption rt_output_options[] = {
    {"csv", 0, POPT_ARG_VAL, &format, RT_FORMAT_CSV, "Print CSV (RFC 4180)", NULL},
    {"json", 0, POPT_ARG_VAL, &format, RT_FORMAT_JSON, "Print JSON", NULL},
    {"md", 0, POPT_ARG_VAL, &format, RT_FORMAT_MD, "Print a Markdown table", NULL},
    POPT_TABLEEND,
};

enum rt_format rt_output_format(void)
{
    return (enum rt_format)format;
}

void rt_output_set(enum rt_format wanted)
{
    format = (int)wanted;
}
