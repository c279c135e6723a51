#ifndef RT_REPLAY_STUDENT_H
#define RT_REPLAY_STUDENT_H
/* Student's t distribution. Accurate to about ten digits. */

/* The probability of a value up to t with so many degrees of freedom (1 or more). */
double rt_student_below(double t, double freedom);

/* The t up to which values have the probability p, 0 < p < 1. */
double rt_student_quantile(double p, double freedom);

#endif
