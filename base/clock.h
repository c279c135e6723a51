#ifndef RT_BASE_CLOCK_H
#define RT_BASE_CLOCK_H
/* Time. The wall clock labels records; only the monotonic clock measures. */
#include <stdint.h>

uint64_t rt_wall_us(void); /* UTC, microseconds since 1970 */
uint64_t rt_mono_us(void); /* monotonic, microseconds since some start; the same in all processes */

/* "2026-11-23T15:07:33.123456Z" into text. */
#define RT_TIME_TEXT 32
const char *rt_time_text(uint64_t wall_us, char text[RT_TIME_TEXT]);

#endif
