#ifndef RT_BASE_DECIMAL_H
#define RT_BASE_DECIMAL_H
/*
 * Exact decimals: what people type is what is computed with, so that the
 * third step of 0.05 from 0 is 0.15.
 *
 * Kept in lowest terms: no trailing zero in the coefficient, and zero is
 * 0 * 10^0, so that equal decimals have equal members.
 */
#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "base/real.h"

struct rt_decimal {
    int64_t coefficient;
    int32_t exponent; /* the value is coefficient * 10^exponent */
};

/* Reads [-+] digits [. digits] [e [-+] digits], all of text. RT_EUSAGE if it is none, or has
 * more digits than an int64, or an exponent beyond 400. */
int rt_decimal_parse(const char *text, struct rt_decimal *out, struct rt_err *err);
struct rt_decimal rt_decimal_int(int64_t value);

/* RT_EUSAGE when the exact result does not fit. The results are never INT64_MIN, so that they can
 * be negated and divided. */
int rt_decimal_add(struct rt_decimal a, struct rt_decimal b, struct rt_decimal *out,
                   struct rt_err *err);
int rt_decimal_sub(struct rt_decimal a, struct rt_decimal b, struct rt_decimal *out,
                   struct rt_err *err);
int rt_decimal_times(struct rt_decimal a, int64_t factor, struct rt_decimal *out,
                     struct rt_err *err);

/* Brings two decimals to the smaller of their exponents. False if a coefficient does not fit. */
bool rt_decimal_align(struct rt_decimal *a, struct rt_decimal *b);
struct rt_decimal rt_decimal_reduce(struct rt_decimal value); /* to lowest terms */

int rt_decimal_compare(struct rt_decimal a, struct rt_decimal b); /* -1, 0 or 1; never fails */

/* True if it is an integer of int64; *value is then that. */
bool rt_decimal_to_int(struct rt_decimal a, int64_t *value);

double rt_decimal_real(struct rt_decimal a); /* the nearest double */
/* "0.15", "-3", "1e-07"; with real, "3.0". Returns text. */
const char *rt_decimal_text(struct rt_decimal a, bool real, char text[RT_REAL_TEXT]);

#endif
