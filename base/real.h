#ifndef RT_BASE_REAL_H
#define RT_BASE_REAL_H
/*
 * Doubles and their texts, whatever the locale.
 *
 * A text is the shortest that reads back as the same double, laid out as
 * Python's repr() does: "0.1", "2.0", "1e-05", "1e+16", "5e-324", "-0.0".
 */
#include <stdbool.h>

#define RT_REAL_TEXT 32

/* The text of a double that is no NaN. Returns text. */
const char *rt_real_text(double value, char text[RT_REAL_TEXT]);

/* The double nearest to a decimal text that is known to be well-formed; may be infinite. */
double rt_real_parse(const char *text);

/* Lays out 0 < count < 20 decimal digits whose first has the weight 10^exponent. With `real`, an
 * integral number gets ".0". Returns text. */
struct rt_digits {
    bool negative;
    const char *digits; /* need not end with NUL */
    int count;
    int exponent;
};
const char *rt_real_layout(const struct rt_digits *number, bool real, char text[RT_REAL_TEXT]);

#endif
