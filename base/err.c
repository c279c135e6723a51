#include "base/err.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Cuts a text that was too long so that it does not end inside a UTF-8 character. */
static void mend_end(char *text, size_t size)
{
    size_t end = strlen(text);
    size_t start = end;

    if (end + 1 < size)
        return;
    while (start > 0 && ((unsigned char)text[start - 1] & 0xC0) == 0x80)
        start--;
    if (start > 0 && ((unsigned char)text[start - 1] & 0x80))
        start--;
    if (end - start < 4)
        text[start] = '\0';
}

int rt_err_vset(struct rt_err *err, int code, const char *format, va_list args)
{
    if (!err)
        return code;
    err->code = code;
    vsnprintf(err->text, sizeof err->text, format, args);
    mend_end(err->text, sizeof err->text);
    return code;
}

int(rt_err_set)(struct rt_err *err, int code, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    rt_err_vset(err, code, format, args);
    va_end(args);
    return code;
}

int(rt_err_errno)(struct rt_err *err, int code, const char *format, ...)
{
    int number = errno;
    size_t used;
    va_list args;

    if (!err)
        return code;
    va_start(args, format);
    rt_err_vset(err, code, format, args);
    va_end(args);
    used = strlen(err->text);
    snprintf(err->text + used, sizeof err->text - used, ": %s", strerror(number));
    mend_end(err->text, sizeof err->text);
    return code;
}

int(rt_err_while)(struct rt_err *err, const char *format, ...)
{
    char doing[RT_ERR_TEXT];
    char before[RT_ERR_TEXT];
    va_list args;

    if (!err)
        return RT_EINTERNAL;
    va_start(args, format);
    vsnprintf(doing, sizeof doing / 2, format, args);
    va_end(args);
    memcpy(before, err->text, sizeof before);
    if (snprintf(err->text, sizeof err->text, "%s: %s", doing, before) >= (int)sizeof err->text)
        mend_end(err->text, sizeof err->text);
    return err->code;
}

int rt_err_exit_code(int code)
{
    switch (code) {
    case RT_OK:
        return 0;
    case RT_ENOTFOUND:
        return 2;
    case RT_EPEER:
        return 5;
    default:
        return code < 0 ? -code : code;
    }
}
