# file: ipc/shm.c
# call: proc
# class: keys and ids
# wrong: The name in /proc/PID/maps has no leading zeros.
/^static int newseg(/,/^}/ s/"SYSV%08x"/"SYSV%x"/
