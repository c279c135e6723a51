#ifndef RT_BASE_SUGGEST_H
#define RT_BASE_SUGGEST_H
/* "did you mean ...?" */

/* The known name nearest to a wrong one, or NULL if none is near enough. `known` ends with NULL. */
const char *rt_suggest(const char *wrong, const char *const *known);

#endif
