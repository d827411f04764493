# file: ipc/shm.c
# call: mappings
# class: permissions
# wrong: mprotect makes a SHM_RDONLY attachment writable.
/^long do_shmat(/,/^}/ s/f_flags = O_RDONLY;/f_flags = O_RDWR;/
