# file: ipc/shm.c
# call: proc
# class: fields
# wrong: /proc/sysvipc/shm tells the size rounded up to pages.
/^static int sysvipc_shm_proc_show(/,/^}/ s/shp->shm_segsz,/PAGE_ALIGN(shp->shm_segsz),/
