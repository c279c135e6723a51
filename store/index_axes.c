#include "store/index_inside.h"

#include "base/decimal.h"

#include <stdlib.h>
#include "sql.h"

#define UNROLL_MAX 100000             /* levels of an axis that has to be listed */
#define EXACT_MAX  (INT64_C(1) << 53) /* up to here a double holds every integer */
#define EXACT_TENS 22                 /* up to here a double holds every power of ten */

const struct rt_json *rt_index_axis_json(const struct rt_plan *plan, size_t axis)
{
    return rt_json_at(rt_json_get(rt_plan_json(plan), "axes"), axis);
}

/* What SQL needs to compute a range: value = (from + level * step) / divisor. */
struct scale {
    struct rt_datum from;
    struct rt_datum step;
    struct rt_datum divisor; /* INTEGER or REAL, and so are the values */
};

static struct rt_datum integer(int64_t value)
{
    return (struct rt_datum){.type = RT_COLUMN_INTEGER, .integer = value};
}

static struct rt_datum real(double value)
{
    return (struct rt_datum){.type = RT_COLUMN_REAL, .real = value};
}

/* Whether all of from + level * step are integers that a double holds. */
static bool fits(int64_t from, int64_t step, uint64_t count)
{
    int64_t last;

    return !__builtin_mul_overflow((int64_t)(count - 1), step, &last) &&
           !__builtin_add_overflow(last, from, &last) && llabs(last) <= EXACT_MAX &&
           llabs(from) <= EXACT_MAX;
}

/* With integers that doubles hold and a power of ten that one holds, the quotient is the double
 * nearest to the decimal, as in the plan. False if it is not so. */
static bool scale_exactly(const struct rt_plan *plan, size_t axis, struct scale *scale)
{
    const struct rt_json *json = rt_index_axis_json(plan, axis);
    struct rt_decimal from;
    struct rt_decimal step;
    double divisor = 1;

    if (rt_decimal_parse(rt_json_get_text(json, "from", ""), &from, NULL) < 0 ||
        rt_decimal_parse(rt_json_get_text(json, "step", ""), &step, NULL) < 0 ||
        !rt_decimal_align(&from, &step) || from.exponent < -EXACT_TENS)
        return false;
    for (int tens = from.exponent; tens > 0; tens--) {
        if (__builtin_mul_overflow(from.coefficient, 10, &from.coefficient) ||
            __builtin_mul_overflow(step.coefficient, 10, &step.coefficient))
            return false;
    }
    for (int tens = from.exponent; tens < 0; tens++)
        divisor *= 10;
    scale->from = integer(from.coefficient);
    scale->step = integer(step.coefficient);
    scale->divisor =
        strcmp(rt_json_get_text(json, "kind", ""), "real") == 0 ? real(divisor) : integer(1);
    return fits(from.coefficient, step.coefficient, rt_plan_axis_count(plan, axis));
}

/* Good to the last digit but one; used for ranges too long to be listed that SQL cannot compute
 * exactly. Trials that have ended show their exact values. */
static void scale_nearly(const struct rt_plan *plan, size_t axis, struct scale *scale)
{
    uint64_t count = rt_plan_axis_count(plan, axis);
    struct rt_value first;
    struct rt_value last;

    rt_plan_axis_value(plan, axis, 0, &first);
    rt_plan_axis_value(plan, axis, count - 1, &last);
    scale->from = real(first.real);
    scale->step = real((last.real - first.real) / (double)(count - 1));
    scale->divisor = real(1);
}

static int insert_values(struct rt_index *index, struct rt_index_table *table,
                         const struct rt_plan *plan, size_t axis, struct rt_err *err)
{
    struct rt_stmt *stmt;
    int rc;

    if ((rc = rt_db_prepare(index->db, rt_sql_index_insert_axis_value, &stmt, NULL, err)) < 0)
        return rc;
    rt_stmt_int(stmt, ":study", table->study);
    rt_stmt_int(stmt, ":axis", (int64_t)axis);
    for (uint64_t level = 0; rc == 0 && level < rt_plan_axis_count(plan, axis); level++) {
        struct rt_value value;
        struct rt_datum datum;

        rt_plan_axis_value(plan, axis, level, &value);
        datum = rt_datum_from_value(&value);
        rt_stmt_int(stmt, ":level", (int64_t)level);
        rt_stmt_text(stmt, ":value", NULL);
        rt_datum_bind(stmt, rt_stmt_param(stmt, ":value"), &datum);
        rc = rt_stmt_run(stmt, err);
    }
    rt_stmt_free(stmt);
    return rc;
}

static void bind(struct rt_stmt *stmt, const char *name, const struct rt_datum *value)
{
    rt_datum_bind(stmt, rt_stmt_param(stmt, name), value);
}

/* A range is never unrolled, unless it is short and of numbers that SQL would not compute. What
 * can neither be computed nor listed is NULL until its trials have rows. */
static int insert_axis(struct rt_index *index, struct rt_index_table *table,
                       const struct rt_plan *plan, size_t axis, struct rt_err *err)
{
    uint64_t count = rt_plan_axis_count(plan, axis);
    enum rt_axis_kind kind = rt_plan_axis_kind(plan, axis);
    bool scaled = kind == RT_AXIS_EVEN;
    struct scale scale = {0};
    struct rt_stmt *stmt;
    int rc;

    if (scaled && !scale_exactly(plan, axis, &scale)) {
        scaled = count > UNROLL_MAX;
        if (scaled)
            scale_nearly(plan, axis, &scale);
    }
    if ((rc = rt_db_prepare(index->db, rt_sql_index_insert_axis, &stmt, NULL, err)) < 0)
        return rc;
    rt_stmt_int(stmt, ":study", table->study);
    rt_stmt_int(stmt, ":axis", (int64_t)axis);
    rt_stmt_text(stmt, ":key", rt_plan_axis_key(plan, axis));
    rt_stmt_int(stmt, ":count", (int64_t)count);
    rt_stmt_int(stmt, ":stride", (int64_t)rt_plan_axis_stride(plan, axis));
    rt_stmt_int(stmt, ":varies", rt_plan_axis_varies(plan, axis));
    if (scaled) {
        bind(stmt, ":scaled_from", &scale.from);
        bind(stmt, ":scaled_step", &scale.step);
        bind(stmt, ":divisor", &scale.divisor);
    }
    rc = rt_stmt_run(stmt, err);
    rt_stmt_free(stmt);
    if (rc < 0 || scaled || (kind == RT_AXIS_DERIVED && count > UNROLL_MAX))
        return rc;
    return insert_values(index, table, plan, axis, err);
}

int rt_index_insert_axes(struct rt_index *index, const struct rt_event *event,
                         struct rt_index_table *table, const struct rt_plan *plan,
                         struct rt_err *err)
{
    int rc;

    if ((rc = rt_index_run(index, rt_sql_index_delete_axes, event, table->study, err)) < 0 ||
        (rc = rt_index_run(index, rt_sql_index_delete_axis_values, event, table->study, err)) < 0)
        return rc;
    for (size_t axis = 0; rc == 0 && axis < rt_plan_axes(plan); axis++)
        rc = insert_axis(index, table, plan, axis, err);
    return rc;
}
