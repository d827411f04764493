# file: ipc/shm.c
# call: shmat
# class: errors
# wrong: shmat answers ENOMEM whatever the mapping failed for.
/^long do_shmat(/,/^}/ s/err = (long)addr;/err = -ENOMEM;/
