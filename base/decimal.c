#include "base/decimal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPONENT_MAX 400

static int add_digit(int64_t *coefficient, int digit)
{
    return __builtin_mul_overflow(*coefficient, 10, coefficient) ||
           __builtin_add_overflow(*coefficient, digit, coefficient);
}

/* The digits of a number as they are read. Zeros count only once another digit follows. */
struct reading {
    int64_t coefficient;
    int64_t zeros;    /* behind the last other digit */
    int64_t fraction; /* digits behind the point */
    bool any;
};

static int read_digits(struct reading *reading, const char **text, bool fraction)
{
    for (; **text >= '0' && **text <= '9'; (*text)++) {
        int digit = **text - '0';

        reading->any = true;
        reading->fraction += fraction;
        if (digit == 0) {
            reading->zeros += reading->coefficient != 0;
            continue;
        }
        for (; reading->zeros; reading->zeros--) {
            if (add_digit(&reading->coefficient, 0))
                return -1;
        }
        if (add_digit(&reading->coefficient, digit))
            return -1;
    }
    return 0;
}

/* Reads "e-4", if it is there. Stays far from overflow. */
static bool read_exponent(const char **text, int64_t *exponent)
{
    bool negative;

    *exponent = 0;
    if (**text != 'e' && **text != 'E')
        return true;
    (*text)++;
    negative = **text == '-';
    if (**text == '-' || **text == '+')
        (*text)++;
    if (**text < '0' || **text > '9')
        return false;
    for (; **text >= '0' && **text <= '9'; (*text)++) {
        if (*exponent < 1000000000)
            *exponent = *exponent * 10 + (**text - '0');
    }
    *exponent = negative ? -*exponent : *exponent;
    return true;
}

int rt_decimal_parse(const char *text, struct rt_decimal *out, struct rt_err *err)
{
    struct reading reading = {0, 0, 0, false};
    const char *at = text;
    bool negative = *at == '-';
    int64_t exponent;

    *out = (struct rt_decimal){0, 0};
    if (*at == '-' || *at == '+')
        at++;
    if (read_digits(&reading, &at, false) < 0 ||
        (*at == '.' && (at++, read_digits(&reading, &at, true) < 0)))
        return rt_err_set(err, RT_EUSAGE, "\"%.60s\" has too many digits; give 18 at most", text);
    if (!reading.any || !read_exponent(&at, &exponent) || *at)
        return rt_err_set(err, RT_EUSAGE, "\"%.60s\" is not a decimal number", text);
    exponent += reading.zeros - reading.fraction;
    if (reading.coefficient == 0)
        return 0;
    if (exponent > EXPONENT_MAX || exponent < -EXPONENT_MAX)
        return rt_err_set(err, RT_EUSAGE, "\"%.60s\" is out of range", text);
    out->coefficient = negative ? -reading.coefficient : reading.coefficient;
    out->exponent = (int32_t)exponent;
    return 0;
}

struct rt_decimal rt_decimal_reduce(struct rt_decimal value)
{
    if (value.coefficient == 0)
        return (struct rt_decimal){0, 0};
    while (value.coefficient % 10 == 0) {
        value.coefficient /= 10;
        value.exponent++;
    }
    return value;
}

struct rt_decimal rt_decimal_int(int64_t value)
{
    return rt_decimal_reduce((struct rt_decimal){value, 0});
}

static bool scale_down_to(struct rt_decimal *value, int32_t exponent)
{
    for (; value->exponent > exponent && value->coefficient; value->exponent--) {
        if (__builtin_mul_overflow(value->coefficient, 10, &value->coefficient))
            return false;
    }
    value->exponent = exponent;
    return true;
}

bool rt_decimal_align(struct rt_decimal *a, struct rt_decimal *b)
{
    if (a->coefficient == 0)
        a->exponent = b->exponent;
    if (b->coefficient == 0)
        b->exponent = a->exponent;
    return a->exponent > b->exponent ? scale_down_to(a, b->exponent)
                                     : scale_down_to(b, a->exponent);
}

static int too_long(struct rt_err *err)
{
    return rt_err_set(err, RT_EUSAGE, "the exact decimal has more than 18 digits");
}

int rt_decimal_add(struct rt_decimal a, struct rt_decimal b, struct rt_decimal *out,
                   struct rt_err *err)
{
    *out = (struct rt_decimal){0, 0};
    if (!rt_decimal_align(&a, &b) ||
        __builtin_add_overflow(a.coefficient, b.coefficient, &a.coefficient) ||
        a.coefficient == INT64_MIN)
        return too_long(err);
    *out = rt_decimal_reduce(a);
    return 0;
}

int rt_decimal_sub(struct rt_decimal a, struct rt_decimal b, struct rt_decimal *out,
                   struct rt_err *err)
{
    *out = (struct rt_decimal){0, 0};
    if (!rt_decimal_align(&a, &b) ||
        __builtin_sub_overflow(a.coefficient, b.coefficient, &a.coefficient) ||
        a.coefficient == INT64_MIN)
        return too_long(err);
    *out = rt_decimal_reduce(a);
    return 0;
}

int rt_decimal_times(struct rt_decimal a, int64_t factor, struct rt_decimal *out,
                     struct rt_err *err)
{
    *out = (struct rt_decimal){0, 0};
    if (__builtin_mul_overflow(a.coefficient, factor, &a.coefficient) || a.coefficient == INT64_MIN)
        return too_long(err);
    *out = rt_decimal_reduce(a);
    return 0;
}

static int sign(int64_t value)
{
    return (value > 0) - (value < 0);
}

int rt_decimal_compare(struct rt_decimal a, struct rt_decimal b)
{
    int a_sign = sign(a.coefficient);
    bool a_is_scaled = a.exponent > b.exponent;

    if (a_sign != sign(b.coefficient))
        return a_sign < sign(b.coefficient) ? -1 : 1;
    /* If scaling overflows, the scaled one is the larger in magnitude. */
    if (!rt_decimal_align(&a, &b))
        return a_is_scaled ? a_sign : -a_sign;
    return (a.coefficient > b.coefficient) - (a.coefficient < b.coefficient);
}

bool rt_decimal_to_int(struct rt_decimal a, int64_t *value)
{
    a = rt_decimal_reduce(a);
    if (a.exponent < 0 || !scale_down_to(&a, 0))
        return false;
    *value = a.coefficient;
    return true;
}

double rt_decimal_real(struct rt_decimal a)
{
    static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                    1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    const int64_t exact_max = INT64_C(1) << 53;
    char text[48];

    /* Both operands are exact, so the one rounding of the operation is the right one. */
    if (a.coefficient > -exact_max && a.coefficient < exact_max && abs(a.exponent) <= 22)
        return a.exponent < 0 ? (double)a.coefficient / powers[-a.exponent]
                              : (double)a.coefficient * powers[a.exponent];
    snprintf(text, sizeof text, "%" PRId64 "e%d", a.coefficient, a.exponent);
    return rt_real_parse(text);
}

const char *rt_decimal_text(struct rt_decimal a, bool real, char text[RT_REAL_TEXT])
{
    char digits[24];
    struct rt_digits number;
    uint64_t magnitude;

    a = rt_decimal_reduce(a);
    if (a.coefficient == 0) {
        memcpy(text, real ? "0.0" : "0", real ? sizeof "0.0" : sizeof "0");
        return text;
    }
    magnitude = a.coefficient < 0 ? -(uint64_t)a.coefficient : (uint64_t)a.coefficient;
    for (number.count = 0; magnitude; magnitude /= 10)
        digits[sizeof digits - (size_t)++number.count] = (char)('0' + magnitude % 10);
    number.negative = a.coefficient < 0;
    number.digits = digits + sizeof digits - (size_t)number.count;
    number.exponent = a.exponent + number.count - 1;
    return rt_real_layout(&number, real, text);
}
