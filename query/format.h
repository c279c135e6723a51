#ifndef RT_QUERY_FORMAT_H
#define RT_QUERY_FORMAT_H
/* How rows are rendered. */

enum rt_format {
    RT_FORMAT_TABLE, /* for people */
    RT_FORMAT_CSV,
    RT_FORMAT_JSON,
    RT_FORMAT_MD, /* Markdown */
};

#endif
