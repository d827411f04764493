# file: ipc/shm.c
# call: proc
# class: fields
# wrong: A blank is missing in the header of /proc/sysvipc/shm.
/^void __init shm_init(/,/^}/ s/perms       size/perms      size/
