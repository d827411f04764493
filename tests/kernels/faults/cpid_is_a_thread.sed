# file: ipc/shm.c
# call: shmctl
# class: counts
# wrong: cpid of a segment that a thread makes is the id of the thread.
/^static int newseg(/,/^}/ s/task_tgid(current)/task_pid(current)/
