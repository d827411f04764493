# file: ipc/shm.c
# call: shmat
# class: errors
# wrong: shmat answers ENOMEM where no file is left.
/^long do_shmat(/,/^}/ s/err = PTR_ERR(file);/err = -ENOMEM;/
