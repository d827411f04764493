# file: ipc/shm.c
# call: shmctl
# class: counts
# wrong: A detach by a thread writes the id of the thread to lpid.
/^static void __shm_close(/,/^}/ s/task_tgid(current)/task_pid(current)/
