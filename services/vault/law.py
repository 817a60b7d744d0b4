"""Every refusal of the vault: what it rests on, and its sentence. Policies: docs/policies.md."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from libs.decider import Law, refusing

LAW: Final[Mapping[str, Law]] = {
    # what is kept
    "unknown-principal": Law("P-agent-for-somebody", "委托人或文字的作者不在这里，或已清除；先登记本人"),
    # what is opened
    "erased": Law("个人信息保护法第四十七条", "这份个人信息已经清除"),
    "other-case": Law("个人信息保护法第六条，P-opened-for-a-purpose", "查看个人信息须写明正在办的办件，且是本人的办件"),
    # what is erased
    "still-held": Law("P-erased-at-the-end", "本人还有办件没有结束，结束之后才能清除"),
    # documents
    "too-many-uploads": Law("P-bounded-uploads", "本人已有 {most} 份文件正在上传，传完或取消之后再开始"),
    "too-many-documents": Law("P-bounded-uploads", "本人已存有 {most} 份文件，不能再增加"),
    "wrong-offset": Law("P-upload-in-pieces", "应从第 {right} 字节接着传"),
    "piece-differs": Law("P-upload-in-pieces", "这一段已经收到，内容不同；应从第 {right} 字节接着传，文件改过的重新上传"),
    "piece-too-small": Law("P-upload-in-pieces", "除最后一段外，每段不少于 {least} 字节"),
    "beyond-the-end": Law("P-upload-in-pieces", "超出了开始时说明的大小：{size} 字节"),
    "not-complete": Law("P-upload-in-pieces", "文件还没有传完，应从第 {right} 字节接着传"),
    "digest-differs": Law("P-upload-in-pieces", "收到的与摘要（SHA-256）不符，请重新上传"),
    "type-not-taken": Law("P-type-by-content", "只收 PDF、JPEG、PNG、OFD、DOCX、XLSX 文件，不收带有程序、宏、网页或密码的文件"),
    "other-type": Law("P-type-by-content", "文件的内容与所说的类型不符"),
    "spoilt-file": Law("P-type-by-content", "文件已损坏或不完整，请换一份"),
    "unpacks-too-large": Law("P-bounded-uploads", "文件展开后太大：图片最多 5000 万像素，压缩的文件展开后最多 200 MiB"),
    "infected": Law("P-scanned", "病毒扫描没有通过，文件没有保存"),
    # the code
    "no-follow-code": Law("P-follow-code", "这个办件没有给过查询码"),
}

refused: Final = refusing(LAW)
