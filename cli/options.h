#ifndef RT_CLI_OPTIONS_H
#define RT_CLI_OPTIONS_H
/* Parsing command lines, and walking option tables. Door to popt's parser. */
#include "cli/cmd.h"

struct rt_globals {
    char *store;
    int help;
    int version;
};
extern struct rt_globals rt_globals;

/* The options that every command takes. */
extern const struct poptOption rt_global_options[];

/* Parses options up to the command's name. *rest: its index in argv, or argc. */
int rt_options_before(int argc, char **argv, int *rest, struct rt_err *err);

/* Parses what follows the name of a command (argv[0]). *args: the arguments, ended by NULL; the
 * caller frees each and the array. */
int rt_options_command(const struct rt_cmd *cmd, int argc, char **argv, char ***args, int *count,
                       struct rt_err *err);

/* The words of a line, split as a shell does; each and the array are the caller's. */
int rt_options_split(const char *line, char ***words, int *count, struct rt_err *err);

/* The same for a line, whose words are split as a shell does; the first is not parsed. */
int rt_options_line(const struct rt_cmd *cmd, const char *line, char ***args, int *count,
                    struct rt_err *err);

/* Calls each() for every option of a table and of the tables it includes. */
typedef void rt_option_fn(void *context, const struct poptOption *option);
void rt_options_each(const struct poptOption *table, rt_option_fn *each, void *context);

/* "N" for an option that takes an argument, NULL for one that takes none. */
const char *rt_option_argument(const struct poptOption *option);

#endif
