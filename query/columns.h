#ifndef RT_QUERY_COLUMNS_H
#define RT_QUERY_COLUMNS_H
/* The columns of a study's view, and which parameter or metric each shows. */
#include "store/db.h"
#include "store/state.h"

/* Kinds, as in the table study_column. */
#define RT_COLUMN_PARAM  "param"
#define RT_COLUMN_METRIC "metric"

/* The name of the view; NULL if it has none yet. Yours. */
int rt_columns_view(struct rt_db *db, const struct rt_study *study, char **view,
                    struct rt_err *err);

/* The names of what is shown, as the study calls them, ended by NULL; free with
 * rt_columns_free(). Swept parameters come first, and so does the objective. */
int rt_columns_names(struct rt_db *db, const struct rt_study *study, const char *kind,
                     char ***names, struct rt_err *err);
void rt_columns_free(char **names);

/* The column that shows it; NULL if there is none. Yours. */
int rt_columns_find(struct rt_db *db, const struct rt_study *study, const char *kind,
                    const char *name, char **column, struct rt_err *err);
/* Whether the view has a column of this name, whatever it shows. */
int rt_columns_has(struct rt_db *db, const struct rt_study *study, const char *name, bool *has,
                   struct rt_err *err);

/* Columns as a list of quoted identifiers; NULL if there are none. Yours. Of all metrics, or of the
 * parameters that vary: by the current plan, or, if it leaves that to a driver, those that the plan
 * does not fix. */
int rt_columns_metrics(struct rt_db *db, const struct rt_study *study, char **list,
                       struct rt_err *err);
int rt_columns_varying(struct rt_db *db, const struct rt_study *study, char **list,
                       struct rt_err *err);

/* A query that gives each value of each of these parameters a row: ordinal, parameter (its name),
 * level (its value). NULL if none varies. Yours. */
int rt_columns_levels(struct rt_db *db, const struct rt_study *study, const char *view, char **sql,
                      struct rt_err *err);

/* The member of the current plan: {"goal", "metric"}; NULL if there is none. */
const struct rt_json *rt_columns_objective(const struct rt_study *study);

#endif
