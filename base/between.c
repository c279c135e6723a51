#include "base/between.h"

#include <math.h>

typedef struct rt_twofold twofold;

static twofold renormal(double high, double low)
{
    double sum = high + low;

    return (twofold){sum, low - (sum - high)};
}

/* Knuth's sum: high and low together are exactly a + b. */
static twofold sum_of(double a, double b)
{
    double sum = a + b;
    double rest = sum - a;

    return (twofold){sum, (a - (sum - rest)) + (b - rest)};
}

static twofold add(twofold a, twofold b)
{
    twofold high = sum_of(a.high, b.high);
    twofold low = sum_of(a.low, b.low);

    high = renormal(high.high, high.low + low.high);
    return renormal(high.high, high.low + low.low);
}

static twofold minus(twofold a)
{
    return (twofold){-a.high, -a.low};
}

static twofold times(twofold a, twofold b)
{
    double product = a.high * b.high;
    double rest = fma(a.high, b.high, -product);

    return renormal(product, rest + (a.high * b.low + a.low * b.high));
}

static twofold single(double value)
{
    return (twofold){value, 0};
}

static twofold over(twofold a, twofold b)
{
    double first = a.high / b.high;
    twofold rest = add(a, minus(times(b, single(first))));
    double second = rest.high / b.high;
    double third;

    rest = add(rest, minus(times(b, single(second))));
    third = rest.high / b.high;
    return add(sum_of(first, second), single(third));
}

static twofold of_integer(__int128 value)
{
    double high = (double)value;

    return (twofold){high, (double)(value - (__int128)high)};
}

static twofold of_decimal(struct rt_decimal value)
{
    const double tens22 = 1e22; /* the largest power of ten that a double holds */
    twofold result = of_integer(value.coefficient);
    int exponent = value.exponent;

    for (; exponent >= 22; exponent -= 22)
        result = times(result, single(tens22));
    for (; exponent <= -22; exponent += 22)
        result = over(result, single(tens22));
    for (; exponent > 0; exponent--)
        result = times(result, single(10));
    for (; exponent < 0; exponent++)
        result = over(result, single(10));
    return result;
}

/* e^x - 1 by its series for x / 512, then doubled nine times: (1 + p)^2 - 1 = 2p + p^2. */
static twofold exponential(twofold x)
{
    static const twofold ln2 = {0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56};
    double twos = rint(x.high / ln2.high);
    twofold rest = add(x, minus(times(ln2, single(twos))));
    twofold term;
    twofold sum;

    rest = (twofold){rest.high / 512, rest.low / 512};
    term = sum = rest;
    for (int i = 2; i <= 10; i++) {
        term = over(times(term, rest), single(i));
        sum = add(sum, term);
    }
    for (int i = 0; i < 9; i++)
        sum = add((twofold){2 * sum.high, 2 * sum.low}, times(sum, sum));
    sum = add(sum, single(1));
    return (twofold){ldexp(sum.high, (int)twos), ldexp(sum.low, (int)twos)};
}

/* Newton's steps from what the C library says, each of which doubles the right digits. */
static twofold logarithm(twofold x)
{
    twofold result = single(log(x.high));

    for (int i = 0; i < 2; i++)
        result = add(result, add(times(x, exponential(minus(result))), single(-1)));
    return result;
}

bool rt_between_init(struct rt_between *between, struct rt_decimal from, struct rt_decimal to,
                     bool factors)
{
    twofold ends[2];

    *between = (struct rt_between){.ends = {rt_decimal_real(from), rt_decimal_real(to)},
                                   .factors = factors};
    for (int i = 0; i < 2; i++) {
        if (!isfinite(between->ends[i]) || (factors && !(between->ends[i] >= RT_BETWEEN_MIN &&
                                                         between->ends[i] <= RT_BETWEEN_MAX)))
            return false;
        ends[i] = of_decimal(i ? to : from);
        if (factors)
            ends[i] = logarithm(ends[i]);
    }
    between->from = ends[0];
    between->span = add(ends[1], minus(ends[0]));
    return isfinite(between->span.high);
}

double rt_between_at(const struct rt_between *between, uint64_t part, uint64_t parts)
{
    twofold way;

    if (part == 0 || part == parts)
        return between->ends[part != 0];
    way = times(between->span, over(of_integer(part), of_integer(parts)));
    way = add(between->from, way);
    return between->factors ? exponential(way).high : way.high;
}
