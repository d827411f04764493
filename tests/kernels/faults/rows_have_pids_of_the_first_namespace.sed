# file: ipc/util.c
# call: proc
# class: namespaces
# wrong: /proc/sysvipc/shm tells pids as the first PID namespace has them.
/^static int sysvipc_proc_open(/,/^}/ s/get_pid_ns(task_active_pid_ns(current))/get_pid_ns(\&init_pid_ns)/
