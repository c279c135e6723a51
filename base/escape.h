#ifndef RT_BASE_ESCAPE_H
#define RT_BASE_ESCAPE_H
/*
 * The one escaper for all that is shown: names, values, reasons and outputs
 * come from studies, trials and repositories, and may hold anything.
 *
 * For a terminal and for Markdown, what cannot be seen or would act is made
 * visible: control characters (C0, DEL, C1) and characters that turn the
 * direction of writing, break lines or have no width become \n, \x1b, \u202e;
 * bytes that are no UTF-8 become \xff. Backslashes stay as they are: what is
 * shown is for reading, not for reading back. CSV and JSON lose nothing.
 */
#include <stdbool.h>
#include "base/buf.h"
#include "base/json.h"
#include "base/span.h"

/* Each appends to *out. */
void rt_escape_line(struct rt_buf *out, struct rt_span text); /* newlines and tabs visible, too */
void rt_escape_text(struct rt_buf *out, struct rt_span text); /* newlines and tabs kept */
/* A cell of a Markdown table (GitHub's): nothing in it is markup, save emphasis by "_". */
void rt_escape_markdown(struct rt_buf *out, struct rt_span text);
/* A field of CSV (RFC 4180): quoted where it must be, and where spaces stand at an end. */
void rt_escape_csv(struct rt_buf *out, struct rt_span text);
/* Canonical JSON in which strings have \u escapes for all that a terminal would act on. */
void rt_escape_json(struct rt_buf *out, const struct rt_json *json);

/* The same for a text that is JSON already; its lines are kept. */
void rt_escape_json_text(struct rt_buf *out, struct rt_span text);
/* A word for a POSIX shell, or, where that has no way to write it, for bash. */
void rt_escape_shell(struct rt_buf *out, struct rt_span text);

/* A text that fits into a sentence: escaped as a line. Yours. */
char *rt_escaped(const char *text);

/* Columns that an escaped line takes on a terminal. */
size_t rt_escape_width(struct rt_span line);
/* How many bytes of an escaped line fit into that many columns; never splits a character, nor
 * parts one from its accents. *columns is what they take. */
size_t rt_escape_fit(struct rt_span line, size_t width, size_t *columns);

#endif
