# file: ipc/shm.c
# call: shmat
# class: permissions
# wrong: An attachment to read and write needs no read permission.
/^long do_shmat(/,/^}/ s/acc_mode = S_IRUGO | S_IWUGO;/acc_mode = S_IWUGO;/
