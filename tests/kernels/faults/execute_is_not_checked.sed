# file: ipc/shm.c
# call: shmat
# class: permissions
# wrong: SHM_EXEC needs no execute permission.
/^long do_shmat(/,/^}/ s/acc_mode |= S_IXUGO;/;/
