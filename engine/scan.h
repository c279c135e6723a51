#ifndef RT_ENGINE_SCAN_H
#define RT_ENGINE_SCAN_H
/*
 * Reads files of other programs from left to right: names, signs, and literals of Python and R.
 *
 * White space and comments (# to the end of the line) stand anywhere between them. Errors read
 * "path:line:column: what is wrong", both counted from 1, columns in characters.
 */
#include "base/json.h"

struct rt_scan {
    const char *path;
    const char *text; /* ends with NUL */
    size_t at;        /* bytes from its start */
};

void rt_scan_space(struct rt_scan *scan);
bool rt_scan_end(struct rt_scan *scan);

/* True if this comes next, which is then behind us. */
bool rt_scan_take(struct rt_scan *scan, char sign);
bool rt_scan_peek(struct rt_scan *scan, char sign);

/* Letters, digits, _ and dots, a digit not first; yours, or NULL if there is none. */
char *rt_scan_name(struct rt_scan *scan);

/* A number (also 30_000, 16L), a text in quotes, True, FALSE, None, NULL, a list: [1, 2], (1, 2),
 * c(1, 2), list(1, 2). RT_EUSAGE; *out is yours. */
int rt_scan_literal(struct rt_scan *scan, struct rt_json **out, struct rt_err *err);

/* Sets *err to RT_EUSAGE with a position, and returns that. */
int rt_scan_error(const struct rt_scan *scan, size_t at, struct rt_err *err, const char *format,
                  ...) __attribute__((format(printf, 4, 5)));

#ifdef __clang_analyzer__ /* see base/err.h */
#define rt_scan_error(scan, at, err, ...) (rt_scan_error(scan, at, err, __VA_ARGS__), -1)
#endif

#endif
