# file: ipc/shm.c
# call: shmctl
# class: permissions
# wrong: SHM_LOCK is decided by the real user id.
/^static int shmctl_do_lock(/,/^}/ s/current_euid()/current_uid()/
