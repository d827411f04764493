# file: ipc/shm.c
# call: proc
# class: failed call
# wrong: A shmget that fails for kernel.shmmni leaves its memory committed.
/^static int newseg(/,/^}/ { /^no_id:/,/return error/ s/fput(file);/;/ }
