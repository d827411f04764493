# file: ipc/shm.c
# call: proc
# class: failed call
# wrong: A shmat that fails for want of a file keeps the memory of the segment for ever.
/^long do_shmat(/,/^}/ { /err = PTR_ERR(file);/,/goto out_nattch/ s/fput(base);/;/ }
