# file: ipc/shm.c
# call: shmctl
# class: fields
# wrong: A new segment has no execute bits in its mode.
/^static int newseg(/,/^}/ s/(shmflg & S_IRWXUGO)/(shmflg \& (S_IRUGO | S_IWUGO))/
