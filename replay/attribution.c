#include "replay/attribution.h"

#include "base/alloc.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static double mean(const double *values, size_t count)
{
    double sum = 0;
    size_t known = 0;

    for (size_t i = 0; i < count; i++) {
        if (!isnan(values[i])) {
            sum += values[i];
            known++;
        }
    }
    return known ? sum / (double)known : NAN;
}

/* Equal values have exactly that mean, whatever rounding says. */
static double centre(const double *values, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        if (values[i] != values[0])
            return mean(values, count);
    }
    return count ? values[0] : NAN;
}

static double spread(const double *values, size_t count, size_t *known)
{
    double least = INFINITY;
    double most = -INFINITY;

    *known = 0;
    for (size_t i = 0; i < count; i++) {
        *known += !isnan(values[i]);
        least = values[i] < least ? values[i] : least;
        most = values[i] > most ? values[i] : most;
    }
    return *known > 1 ? most - least : NAN;
}

void rt_attribution_init(struct rt_attribution *out, const struct rt_attribution_data *data)
{
    double base = centre(data->repeats, data->repeat_count);
    double together = data->together;
    double sum = 0;

    memset(out, 0, sizeof *out);
    out->count = data->count;
    out->parts = rt_calloc(data->count + 1, sizeof *out->parts);
    for (size_t i = 0; i < data->count; i++) {
        out->parts[i] = data->swapped[i] - base;
        sum += out->parts[i];
    }
    if (data->count == 0)
        together = base;
    else if (data->count == 1 && isnan(together))
        together = data->swapped[0];
    out->whole = data->b - data->a;
    out->again = base - data->a;
    out->interaction = data->count > 1 ? together - base - sum : 0;
    out->rest = data->b - together;
    out->floor = fmax(spread(data->repeats, data->repeat_count, &out->known[0]),
                      spread(data->others, data->other_count, &out->known[1]));
    out->floor = fmax(out->floor, data->floor); /* of NaN and a number the number */
}

void rt_attribution_clear(struct rt_attribution *attribution)
{
    free(attribution->parts);
    memset(attribution, 0, sizeof *attribution);
}

bool rt_attribution_counts(const struct rt_attribution *attribution, double difference)
{
    return fabs(difference) > (isnan(attribution->floor) ? 0 : attribution->floor);
}
