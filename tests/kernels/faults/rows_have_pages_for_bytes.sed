# file: ipc/shm.c
# call: proc
# class: counts
# wrong: /proc/sysvipc/shm tells rss in pages.
/^static int sysvipc_shm_proc_show(/,/^}/ s/rss \* PAGE_SIZE,/rss,/
