# file: ipc/shm.c
# call: proc
# class: attachments
# wrong: SHM_NORESERVE commits memory.
/^static int newseg(/,/^}/ { /OVERCOMMIT_NEVER)/,/;/ s/acctflag = VM_NORESERVE;/acctflag = 0;/ }
