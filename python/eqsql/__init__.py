"""EQ/SQL's task API on Retrial: for drivers that were written for the package of this name.

A queue is made by eqsql.task_queues.local_queue.init_task_queue(); there is no database. What is
here, and what is different, is in docs/emews.md.
"""
