#include "tests/expect.h"

#include "engine/comm.h"

#include <stdlib.h>

/* Every variable that detection looks at. */
static const char *const variables[] = {
    "RETRIAL_COMM",
    "RETRIAL_MODULES",
    "OMPI_COMM_WORLD_SIZE",
    "PMIX_RANK",
    "PMIX_NAMESPACE",
    "PMI_SIZE",
    "PMI_FD",
    "PMI_PORT",
    "HYDI_CONTROL_FD",
    "SLURM_NTASKS",
    "SLURM_STEP_NUM_TASKS",
    "SLURM_PROCID",
};

static int plain_environment(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        unsetenv(variables[i]);
    return 0;
}

static const char *detect(void)
{
    const char *name = NULL;
    struct rt_err err;

    expect_ok(err, rt_comm_detect(&name, &err));
    return name;
}

static void a_plain_start_is_local(void **state)
{
    (void)state;
    assert_string_equal(detect(), "local");
}

static void the_mpiexec_of_open_mpi_is_seen(void **state)
{
    (void)state;
    setenv("OMPI_COMM_WORLD_SIZE", "4", 1);
    setenv("PMIX_RANK", "0", 1);
    assert_string_equal(detect(), "openmpi");
}

static void one_rank_under_mpiexec_still_uses_its_module(void **state)
{
    (void)state;
    setenv("PMI_SIZE", "1", 1);
    assert_string_equal(detect(), "mpich");
}

static void the_mpiexec_of_mpich_is_seen_by_any_of_its_signs(void **state)
{
    static const char *const signs[] = {"PMI_SIZE", "PMI_FD", "PMI_PORT", "HYDI_CONTROL_FD"};

    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        plain_environment(state);
        setenv(signs[i], "3", 1);
        assert_string_equal(detect(), "mpich");
    }
}

static void srun_with_pmix_is_open_mpi_unless_told_otherwise(void **state)
{
    (void)state;
    setenv("SLURM_STEP_NUM_TASKS", "4", 1);
    setenv("PMIX_RANK", "2", 1);
    assert_string_equal(detect(), "openmpi");
    setenv("RETRIAL_COMM", "mpich", 1);
    assert_string_equal(detect(), "mpich");
}

static void srun_of_several_tasks_without_mpi_is_an_error(void **state)
{
    const char *name;
    struct rt_err err;

    (void)state;
    setenv("SLURM_STEP_NUM_TASKS", "4", 1);
    setenv("SLURM_PROCID", "2", 1);
    expect_error(err, RT_EUSAGE, "srun --mpi=pmix", rt_comm_detect(&name, &err));
}

static void a_batch_script_and_a_step_of_one_task_are_local(void **state)
{
    (void)state;
    setenv("SLURM_NTASKS", "4", 1);
    setenv("SLURM_PROCID", "0", 1);
    assert_string_equal(detect(), "local");
    setenv("SLURM_STEP_NUM_TASKS", "1", 1);
    assert_string_equal(detect(), "local");
}

static void local_by_name_is_refused_where_a_launcher_started_several_ranks(void **state)
{
    const char *name;
    struct rt_err err;

    (void)state;
    setenv("RETRIAL_COMM", "local", 1);
    setenv("PMI_SIZE", "1", 1);
    assert_string_equal(detect(), "local");
    setenv("PMI_SIZE", "2", 1);
    expect_error(err, RT_EUSAGE, "started 2 ranks", rt_comm_detect(&name, &err));
    setenv("OMPI_COMM_WORLD_SIZE", "2", 1);
    expect_error(err, RT_EUSAGE, "started 2 ranks", rt_comm_detect(&name, &err));
}

static void a_name_that_is_no_comm_is_refused(void **state)
{
    const char *name;
    struct rt_err err;

    (void)state;
    setenv("RETRIAL_COMM", "lam", 1);
    expect_error(err, RT_EUSAGE, "'lam'", rt_comm_detect(&name, &err));
    setenv("RETRIAL_COMM", "", 1);
    assert_string_equal(detect(), "local");
}

static void two_launchers_of_several_ranks_must_be_told_apart_by_the_user(void **state)
{
    const char *name;
    struct rt_err err;

    (void)state;
    setenv("OMPI_COMM_WORLD_SIZE", "4", 1);
    setenv("PMI_SIZE", "4", 1);
    expect_error(err, RT_EUSAGE, "two launchers", rt_comm_detect(&name, &err));
    setenv("RETRIAL_COMM", "mpich", 1);
    assert_string_equal(detect(), "mpich");
}

static void a_job_of_one_rank_around_the_launcher_does_not_matter(void **state)
{
    (void)state;
    setenv("OMPI_COMM_WORLD_SIZE", "1", 1);
    setenv("PMI_SIZE", "4", 1);
    assert_string_equal(detect(), "mpich");
}

static void a_module_that_is_not_there_is_named_with_where_it_was_sought(void **state)
{
    struct rt_comm *comm;
    struct rt_err err;

    (void)state;
    setenv("RETRIAL_MODULES", "/nonexistent", 1);
    expect_error(err, RT_EUSAGE, "retrial-comm-mpich.so is not in /nonexistent",
                 rt_comm_open("mpich", &comm, &err));
}

static void a_rank_speaks_to_itself_in_order(void **state)
{
    struct rt_comm *comm;
    struct rt_buf message = RT_BUF_INIT;
    struct rt_err err;
    int from = -1;

    (void)state;
    expect_ok(err, rt_comm_open("local", &comm, &err));
    assert_int_equal(comm->rank, 0);
    assert_int_equal(comm->size, 1);
    assert_false(comm->polled);
    assert_int_equal(comm->ops->receive(comm, &from, &message, &err), 0);
    for (uint32_t round = 0; round < 3; round++) {
        for (uint32_t i = 0; i < 100; i++)
            expect_ok(err, comm->ops->send(comm, 0, rt_span(&i, sizeof i), &err));
        for (uint32_t i = 0; i < 99; i++) {
            assert_int_equal(comm->ops->receive(comm, &from, &message, &err), 1);
            assert_int_equal(from, 0);
            assert_int_equal(message.size, sizeof i);
            assert_memory_equal(message.data, &i, sizeof i);
        }
        assert_int_equal(comm->ops->receive(comm, &from, &message, &err), 1);
    }
    expect_ok(err, comm->ops->send(comm, 0, rt_span(NULL, 0), &err));
    assert_int_equal(comm->ops->receive(comm, &from, &message, &err), 1);
    assert_int_equal(message.size, 0);
    expect_ok(err, comm->ops->send(comm, 0, rt_span_text("left behind"), &err));
    rt_buf_clear(&message);
    comm->ops->close(comm, false);
}

static void other_ranks_and_giant_messages_are_refused(void **state)
{
    struct rt_comm *comm = rt_comm_local();
    struct rt_err err;

    (void)state;
    expect_error(err, RT_EINTERNAL, "no rank 1", comm->ops->send(comm, 1, rt_span_text("x"), &err));
    expect_error(err, RT_EINTERNAL, "over the limit",
                 comm->ops->send(comm, 0, rt_span("", (size_t)RT_COMM_MESSAGE_MAX + 1), &err));
    comm->ops->close(comm, true);
}

static void variables_of_launchers_are_known_by_their_names(void **state)
{
    (void)state;
    assert_true(rt_comm_is_launcher_variable("OMPI_COMM_WORLD_RANK"));
    assert_true(rt_comm_is_launcher_variable("PMIX_NAMESPACE"));
    assert_true(rt_comm_is_launcher_variable("PMI_FD"));
    assert_true(rt_comm_is_launcher_variable("HYDI_CONTROL_FD"));
    assert_true(rt_comm_is_launcher_variable("MPI_LOCALRANKID"));
    assert_false(rt_comm_is_launcher_variable("PATH"));
    assert_false(rt_comm_is_launcher_variable("RETRIAL_COMM"));
}

#define test(function) cmocka_unit_test_setup(function, plain_environment)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(a_plain_start_is_local),
        test(the_mpiexec_of_open_mpi_is_seen),
        test(one_rank_under_mpiexec_still_uses_its_module),
        test(the_mpiexec_of_mpich_is_seen_by_any_of_its_signs),
        test(srun_with_pmix_is_open_mpi_unless_told_otherwise),
        test(srun_of_several_tasks_without_mpi_is_an_error),
        test(a_batch_script_and_a_step_of_one_task_are_local),
        test(local_by_name_is_refused_where_a_launcher_started_several_ranks),
        test(a_name_that_is_no_comm_is_refused),
        test(two_launchers_of_several_ranks_must_be_told_apart_by_the_user),
        test(a_job_of_one_rank_around_the_launcher_does_not_matter),
        test(a_module_that_is_not_there_is_named_with_where_it_was_sought),
        test(a_rank_speaks_to_itself_in_order),
        test(other_ranks_and_giant_messages_are_refused),
        test(variables_of_launchers_are_known_by_their_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
