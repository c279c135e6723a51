#ifndef RT_STORE_GIT_URL_H
#define RT_STORE_GIT_URL_H

/* An URL without user, password, query and fragment; scp-like addresses without user. Yours. */
char *rt_git_clean_url(const char *url);

#endif
