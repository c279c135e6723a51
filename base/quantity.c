#include "base/quantity.h"

#include "base/alloc.h"
#include "base/decimal.h"

#include <stdlib.h>
#include <string.h>

const struct rt_unit rt_durations[] = {
    {"ms", 1000},         {"s", 1000000}, {"min", 60000000}, {"h", INT64_C(3600000000)},
    {"d", 86400000000LL}, {NULL, 0},
};

bool rt_quantity_parse(const char *text, const struct rt_unit *units, int64_t *value)
{
    size_t digits = strspn(text, "-0123456789.");
    char *number = rt_strndup(text, digits);
    struct rt_decimal amount;
    int64_t factor = 0;
    bool ok;

    digits += strspn(text + digits, " ");
    for (; units->name; units++) {
        if (strcmp(text + digits, units->name) == 0)
            factor = units->factor;
    }
    ok = factor > 0 && rt_decimal_parse(number, &amount, NULL) == 0 &&
         rt_decimal_times(amount, factor, &amount, NULL) == 0 && rt_decimal_to_int(amount, value);
    free(number);
    return ok;
}
