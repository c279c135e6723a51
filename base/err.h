#ifndef RT_BASE_ERR_H
#define RT_BASE_ERR_H
/*
 * Errors that travel with the caller: a code and a sentence.
 *
 * A struct rt_err holds no pointers, so that an agent can send it to the
 * conductor and a trial can keep it. Functions that can fail return 0 or a
 * negative code from enum rt_code, and describe the failure in *err where
 * it happened. Layers above may say what they were doing; only cli/ prints.
 */
#include <stdarg.h>
#include <stddef.h>

/* Each code but the last three is the negated exit code of the program. */
enum rt_code {
    RT_OK = 0,
    RT_ETRIALS = -1,       /* some trials did not succeed */
    RT_EUSAGE = -2,        /* a wrong command line or study file */
    RT_ECONFLICT = -3,     /* divergence, or recorded facts stand against the request */
    RT_EDAMAGED = -4,      /* the store is damaged */
    RT_EIO = -5,           /* I/O error or full disk */
    RT_ELOCKED = -6,       /* another writer holds the store */
    RT_ENEWER = -7,        /* written by a newer version */
    RT_EINTERRUPTED = -75, /* stopped before the end; running again goes on */
    RT_EINTERNAL = -70,    /* our own fault */
    RT_ENOTFOUND = -100,   /* no such thing; usage error at the command line */
    RT_EPEER = -101,       /* another process of ours spoke nonsense or is gone */
};

#define RT_ERR_TEXT 1024

struct rt_err {
    int code;
    char text[RT_ERR_TEXT]; /* UTF-8, ends with NUL, cut at a character's border */
};

/* Sets *err (which may be NULL) and returns code. An earlier text is replaced. */
int rt_err_set(struct rt_err *err, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same with a va_list. */
int rt_err_vset(struct rt_err *err, int code, const char *format, va_list args);

/* As rt_err_set(), and adds the text of errno: "...: No space left on device". */
int rt_err_errno(struct rt_err *err, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts what the caller was doing in front of the text: "doing: text". Returns err->code. */
int rt_err_while(struct rt_err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

#ifdef __clang_analyzer__ /* it cannot know that these return negative codes, and what follows */
#define rt_err_set(err, code, ...)   (rt_err_set(err, code, __VA_ARGS__), (code))
#define rt_err_errno(err, code, ...) (rt_err_errno(err, code, __VA_ARGS__), (code))
#define rt_err_while(err, ...)       (rt_err_while(err, __VA_ARGS__), -1)
#endif

/* The exit code of the program for a code of enum rt_code. */
int rt_err_exit_code(int code);

#endif
