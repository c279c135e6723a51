#include "base/real.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static locale_t c_locale;
static pthread_once_t c_locale_once = PTHREAD_ONCE_INIT;

static void make_c_locale(void)
{
    c_locale = newlocale(LC_ALL_MASK, "C", NULL);
    if (!c_locale)
        abort();
}

#define EXACT_DIGITS 15 /* any number of so many digits is exact as a double */

static const double powers_of_ten[] = {1,   1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                       1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

/* A number of few digits without an exponent: both operands of the division are exact, so that its
 * one rounding is the right one. False if it is anything else. */
static bool parse_short(const char *text, double *value)
{
    const char *at = text + (*text == '-');
    const char *start = at;
    int64_t whole = 0;
    int digits = 0;
    int places = 0;

    for (; *at >= '0' && *at <= '9' && digits <= EXACT_DIGITS; at++, digits++)
        whole = whole * 10 + (*at - '0');
    if (at > start && *at == '.') {
        for (at++; *at >= '0' && *at <= '9' && digits <= EXACT_DIGITS; at++, digits++, places++)
            whole = whole * 10 + (*at - '0');
    }
    if (digits == 0 || digits > EXACT_DIGITS || (*at | 32) == 'e' || (*at | 32) == 'x' ||
        (*at >= '0' && *at <= '9'))
        return false;
    *value = (double)whole / powers_of_ten[places];
    if (*text == '-')
        *value = -*value;
    return true;
}

double rt_real_parse(const char *text)
{
    double value;

    if (parse_short(text, &value))
        return value;
    pthread_once(&c_locale_once, make_c_locale);
    return strtod_l(text, NULL, c_locale);
}

static char *put(char *at, const char *bytes, int count)
{
    memcpy(at, bytes, (size_t)count);
    return at + count;
}

static char *put_zeros(char *at, int count)
{
    memset(at, '0', (size_t)count);
    return at + count;
}

static char *put_positional(char *at, const struct rt_digits *number, bool real)
{
    int whole = number->exponent + 1; /* digits before the point */

    if (whole <= 0) {
        at = put_zeros(put(at, "0.", 2), -whole);
        return put(at, number->digits, number->count);
    }
    if (number->count > whole) {
        at = put(at, number->digits, whole);
        *at++ = '.';
        return put(at, number->digits + whole, number->count - whole);
    }
    at = put_zeros(put(at, number->digits, number->count), whole - number->count);
    return real ? put(at, ".0", 2) : at;
}

const char *rt_real_layout(const struct rt_digits *number, bool real, char text[RT_REAL_TEXT])
{
    char *at = text;

    if (number->negative)
        *at++ = '-';
    if (number->exponent >= -4 && number->exponent < 16) {
        *put_positional(at, number, real) = '\0';
        return text;
    }
    *at++ = number->digits[0];
    if (number->count > 1) {
        *at++ = '.';
        at = put(at, number->digits + 1, number->count - 1);
    }
    snprintf(at, (size_t)(text + RT_REAL_TEXT - at), "e%+03d", number->exponent);
    return text;
}

/* The nearest number of `count` significant digits, its trailing zeros dropped. The decimal
 * point of "%e" may be any character of the locale. */
static void nearest(double value, int count, char digits[24], struct rt_digits *number)
{
    char text[64];
    char *exponent;
    int used = 0;

    snprintf(text, sizeof text, "%.*e", count - 1, fabs(value));
    exponent = strchr(text, 'e');
    for (const char *at = text; at < exponent; at++) {
        if (*at >= '0' && *at <= '9')
            digits[used++] = *at;
    }
    while (used > 1 && digits[used - 1] == '0')
        used--;
    *number = (struct rt_digits){signbit(value) != 0, digits, used, atoi(exponent + 1)};
}

/* One unit more in the last of `count` digits. */
static void step_up(char digits[24], int count, struct rt_digits *number)
{
    int at = count - 1;

    memset(digits + number->count, '0', (size_t)(count - number->count));
    while (at > 0 && digits[at] == '9')
        digits[at--] = '0';
    digits[at]++;
    number->count = count;
}

static bool reads_back(const struct rt_digits *number, double value, char text[RT_REAL_TEXT])
{
    return rt_real_parse(rt_real_layout(number, true, text)) == value;
}

/* Most numbers that people write have few digits: value = whole / 10^places with a whole of at most
 * 15 digits. Both are exact as doubles, so that the quotient is what their text reads as, and no
 * other number of up to 15 digits reads as the same double. */
static bool is_short(double value, char digits[24], struct rt_digits *number)
{
    const double *powers = powers_of_ten;
    double size = fabs(value);

    for (int places = 0; places < 16 && size * powers[places] < 1e15; places++) {
        double whole = rint(size * powers[places]);
        int count = 0;

        if (whole / powers[places] != size)
            continue;
        for (uint64_t left = (uint64_t)whole; left; left /= 10)
            digits[23 - ++count] = (char)('0' + left % 10);
        memmove(digits, digits + 23 - count, (size_t)count);
        *number = (struct rt_digits){value < 0, digits, count, count - 1 - places};
        while (number->count > 1 && digits[number->count - 1] == '0')
            number->count--;
        return count > 0;
    }
    return false;
}

const char *rt_real_text(double value, char text[RT_REAL_TEXT])
{
    struct rt_digits number;
    char digits[24] = "0";
    int unused;
    /* Up to 15 digits survive in every normal double, so that shorter ones need not be tried. */
    int count = fabs(value) < DBL_MIN ? 1 : 15;

    if (value == 0 || !isfinite(value)) {
        snprintf(text, RT_REAL_TEXT, "%s%s", signbit(value) ? "-" : "", value == 0 ? "0.0" : "inf");
        return text;
    }
    if (is_short(value, digits, &number))
        return rt_real_layout(&number, true, text);
    for (; count < 17; count++) {
        nearest(value, count, digits, &number);
        if (reads_back(&number, value, text))
            return text;
        /* Doubles lie closer together below a power of two than above it: the nearest number
         * of these digits may be read as the double below, and the next one still as ours. */
        if (digits[0] != '9' && fabs(frexp(value, &unused)) == 0.5) {
            step_up(digits, count, &number);
            if (reads_back(&number, value, text))
                return text;
        }
    }
    nearest(value, 17, digits, &number);
    return rt_real_layout(&number, true, text);
}
