# file: ipc/shm.c
# call: shmctl
# class: failed call
# wrong: A shmget that fails for kernel.shmmni leaves its pages in the sum of all segments.
/^static int newseg(/,/^}/ s/^no_id:/no_id: ns->shm_tot += numpages;/
